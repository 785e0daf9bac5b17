using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class ShardChecksTests
{
    private const int Rows = 21;
    private const int Size = 3;
    private const float NoNumber = float.NaN;
    private static readonly ShardChecks Checks = MakeChecks(isPrioritized: true);

    /// <summary>Every column at every place, whole vectors and their ends alike.</summary>
    [Fact]
    public void What_is_no_number_is_found_in_every_column_at_every_place_and_named()
    {
        foreach ((float value, string text) in new[] { (float.NaN, "NaN"), (float.PositiveInfinity, $"{float.PositiveInfinity}"), (float.NegativeInfinity, $"{float.NegativeInfinity}") })
        {
            for (int row = 0; row < Rows; row++)
            {
                Assert.Equal($"a fragment of runner 3 has {text} as the return of transition {row} of {Rows}", Fault(returns: (row, value)));
                Assert.Equal($"a fragment of runner 3 has {text} as the discount of transition {row} of {Rows}, outside 0 to 1", Fault(discounts: (row, value)));
                Assert.Equal($"a fragment of runner 3 has {text} as |δ| of transition {row} of {Rows}, which is no priority", Fault(errors: (row, value)));
                for (int component = 0; component < Size; component++)
                {
                    int place = (row * Size) + component;
                    Assert.Equal(
                        $"a fragment of runner 3 has {text} as component {component} of the observation of transition {row} of {Rows}", Fault(observations: (place, value)));
                    Assert.Equal(
                        $"a fragment of runner 3 has {text} as component {component} of the next observation of transition {row} of {Rows}", Fault(nextObservations: (place, value)));
                }
            }
        }

        Assert.Null(Fault());
        Assert.Null(Fault(returns: (4, float.MaxValue), observations: (7, float.Epsilon), nextObservations: (8, -float.MaxValue)));
    }

    [Fact]
    public void An_observation_in_shared_frames_is_found_where_a_transition_has_it()
    {
        ObservationFormat format = new(ObservationType.Float32, 40, stack: 2);
        TransitionBatchBuilder builder = new(4, format);
        float[] frames = [.. Enumerable.Range(0, 120).Select(i => (float)i)];
        frames[90] = NoNumber;
        for (int i = 0; i < 4; i++)
        {
            builder.Add(0, frames.AsSpan(20 * i, 40), 0, 1, 0.5f, EpisodeEnd.None, frames.AsSpan(20 * (i + 1), 40));
        }

        ShardChecks checks = new(0, new NetworkLayout(format, 2, new NetworkOptions { Hidden = [4] }), new ReplayOptions());
        Assert.Equal("NaN as component 30 of the next observation of transition 2 of 4", checks.Fault(builder.Build()));
    }

    [Fact]
    public void Actions_errors_and_observations_that_do_not_fit_are_named()
    {
        Assert.Equal("a fragment of runner 3 has 2 as an action, outside 0 to 1: all nodes must use the same environment", Fault(actions: (5, 2)));
        Assert.Equal("a fragment of runner 3 has -1 as an action, outside 0 to 1: all nodes must use the same environment", Fault(actions: (20, -1)));
        Assert.Equal("a fragment of runner 3 has -0.5 as |δ| of transition 6 of 21, which is no priority", Fault(errors: (6, -0.5f)));
        TransitionBatch other = TransitionBatch.FromColumns(2, new float[2], [0], [0f], [0f], new float[2], []);
        Assert.Equal("observations of 2 × Float32, where 3 × Float32 are expected: all nodes must use the same environment", Checks.Fault(other));
    }

    [Fact]
    public void Where_priorities_do_not_count_they_are_not_looked_at() =>
        Assert.Null(MakeChecks(isPrioritized: false).Fault(MakeBatch(errors: (6, NoNumber))));

    [Fact]
    public void Requests_are_bounded_by_what_options_allow()
    {
        Assert.Null(Request([512, 0, 1_000]));
        Assert.Equal("sample request 9 asks for a batch of -1 transitions; dqn.replay.capacity = 1000", Request([4, -1]));
        Assert.Equal("sample request 9 asks for a batch of 1001 transitions; dqn.replay.capacity = 1000", Request([1_001]));
        Assert.Equal("sample request 9 asks for 1025 batches, more than 1024", Request(new int[1_025]));
        ShardChecks large = new(0, new NetworkLayout(1_000_000, 2, new NetworkOptions { Hidden = [4] }), new ReplayOptions { Capacity = 1_000 });
        Assert.Equal(
            "sample request 9 asks for 1000 transitions, 8000028000 bytes, more than one reply can hold", large.Fault(new ReplayProtocol.SampleRequest(0, 9, [1_000], 0, 0)));
    }

    private static string? Request(int[] counts) => Checks.Fault(new ReplayProtocol.SampleRequest(1, 9, counts, 0, 0));

    private static ShardChecks MakeChecks(bool isPrioritized) =>
        new(1, new NetworkLayout(Size, 2, new NetworkOptions { Hidden = [4] }), new ReplayOptions { Capacity = 1_000, Prioritized = isPrioritized });

    private static string? Fault(
        (int, float)? observations = null,
        (int, int)? actions = null,
        (int, float)? returns = null,
        (int, float)? discounts = null,
        (int, float)? nextObservations = null,
        (int, float)? errors = null) =>
        Checks.Fault(new ReplayProtocol.Insert(1, 3, 1, 1, Rows, MakeBatch(observations, actions, returns, discounts, nextObservations, errors), 1));

    private static TransitionBatch MakeBatch(
        (int, float)? observations = null,
        (int, int)? actions = null,
        (int, float)? returns = null,
        (int, float)? discounts = null,
        (int, float)? nextObservations = null,
        (int, float)? errors = null) => TransitionBatch.FromColumns(
            Size,
            Column(Rows * Size, observations),
            Column(Rows, actions),
            Column(Rows, returns),
            Column(Rows, discounts),
            Column(Rows * Size, nextObservations),
            Column(Rows, errors));

    private static T[] Column<T>(int length, (int Place, T Value)? spoilt)
        where T : struct
    {
        T[] column = new T[length];
        if (spoilt is { } found)
        {
            column[found.Place] = found.Value;
        }

        return column;
    }
}
