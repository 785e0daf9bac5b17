using DqnAkka.Environments;
using DqnAkka.Learner;
using DqnAkka.Tests;

namespace DqnAkka.Actors.Tests;

public sealed class FragmentCollectorTests
{
    private const double Gamma = 0.5;

    /// <summary>An episode of rewards 1, 2, 3 with n = 2 and γ = ½, cut or terminal, worked out by hand.</summary>
    [Theory]
    [InlineData(false, 0f, 0f)]
    [InlineData(true, 0.25f, 0.5f)]
    public void Gathers_the_n_step_transitions_of_a_scripted_episode(bool truncates, float lastButOneDiscount, float lastDiscount)
    {
        TrainingOptions options = Options(nStep: 2, episodeLength: 3, truncates);
        FragmentCollector collector = Collector(options, environments: 1);
        List<double> returns = [];

        (TransitionBatch batch, int steps) = collector.Collect(3, epsilon: 0, returns);

        // R²: 1 + ½·2, 2 + ½·3, and the last step alone.
        Assert.Equal(3, steps);
        Assert.Equal([2f, 3.5f, 3f], batch.Returns);
        Assert.Equal([0.25f, lastButOneDiscount, lastDiscount], batch.Discounts);
        Assert.Equal([0f, 0f, 0f, 1f, 0f, 2f], Unpacked.Observations(batch));
        Assert.Equal([0f, 2f, 0f, 3f, 0f, 3f], Unpacked.NextObservations(batch));
        Assert.Equal([0, 0, 0], batch.Actions);
        Assert.Equal([6.0], returns);
        Assert.Empty(batch.AbsoluteTdErrors);
    }

    [Fact]
    public void Windows_and_returns_go_on_from_one_fragment_to_the_next()
    {
        FragmentCollector collector = Collector(Options(nStep: 3, episodeLength: 5), environments: 2);
        List<double> returns = [];
        List<int> counts = [];
        for (int fragment = 0; fragment < 5; fragment++)
        {
            (TransitionBatch batch, int steps) = collector.Collect(2, epsilon: 0, returns);
            counts.Add(batch.Count);
            Assert.Equal(fragment % 2 == 0 ? 6 : 4, steps);
        }

        // Each episode's first fragment goes on to the third step, where the first window closes; its second one ends it.
        Assert.Equal([2, 8, 2, 8, 2], counts);
        Assert.Equal([15.0, 15.0, 15.0, 15.0], returns);
    }

    [Fact]
    public void Steps_on_until_there_is_a_transition()
    {
        FragmentCollector collector = Collector(Options(nStep: 4, episodeLength: 100), environments: 1);

        (TransitionBatch batch, int steps) = collector.Collect(1, epsilon: 0, []);

        Assert.Equal((1, 4), (batch.Count, steps));
    }

    /// <summary>n = 2, γ = ½: the loss falls into the second episode, whose open windows and return go with it.</summary>
    [Fact]
    public void No_transition_and_no_return_spans_a_loss_of_episodes()
    {
        TrainingOptions options = Options(nStep: 2, episodeLength: 3);
        LosingVector environment = new(EnvironmentFactory.CreateVector(options.Environment, 1), losesAt: 6);
        List<string> heard = [];
        using FragmentCollector collector = new(environment, Make.Layout(options), options, runner: 0, attempt: 0) { EpisodesLost = heard.Add };
        List<double> returns = [];

        (TransitionBatch batch, int steps) = collector.Collect(8, epsilon: 0, returns);

        // Steps 1 to 3 are an episode, 4 and 5 make one transition of the next, 6 is lost, and 7 to 9 are an episode from its beginning on.
        Assert.Equal(8, steps);
        Assert.Equal(["lost"], heard);
        Assert.Equal([2f, 3.5f, 3f, 2f, 2f, 3.5f, 3f], batch.Returns);
        Assert.Equal([0f, 1f, 2f, 0f, 0f, 1f, 2f], Unpacked.Observations(batch).Where((_, i) => i % 2 == 1));
        Assert.Equal([2f, 3f, 3f, 2f, 2f, 3f, 3f], Unpacked.NextObservations(batch).Where((_, i) => i % 2 == 1));
        Assert.Equal([6.0, 6.0], returns);
    }

    [Fact]
    public void Explores_with_probability_epsilon()
    {
        FragmentCollector collector = Collector(Options(nStep: 1, episodeLength: 100), environments: 100);

        (TransitionBatch batch, int _) = collector.Collect(100, epsilon: 0.5, []);

        // A greedy action is 0, half of the random ones are 1: 2500 of 10,000 expected, σ = √(10,000·¼·¾) ≈ 43; 5σ errs once in 10⁶ seeds.
        Assert.InRange(batch.Actions.Count(action => action == 1), 2500 - 217, 2500 + 217);
    }

    [Fact]
    public void Gives_the_temporal_difference_errors_of_its_own_policy_where_sampling_is_prioritised()
    {
        TrainingOptions options = Options(nStep: 1, episodeLength: 3);
        options = options with { Replay = options.Replay with { Prioritized = true } };
        NetworkLayout layout = Make.Layout(options);
        float[] parameters = new float[layout.Length];
        NetworkInitializer.Initialize(layout, new RandomSource(3), parameters);
        FragmentCollector collector = Collector(options, environments: 1);
        collector.Load(parameters);

        (TransitionBatch batch, int _) = collector.Collect(6, epsilon: 0.5, []);

        PolicyNetwork network = new(layout);
        network.Load(parameters);
        float[] values = new float[12];
        float[] nextValues = new float[12];
        network.Forward(Unpacked.Observations(batch), 6, values);
        network.Forward(Unpacked.NextObservations(batch), 6, nextValues);
        for (int i = 0; i < 6; i++)
        {
            float expected = Math.Abs(batch.Returns[i] + (batch.Discounts[i] * Math.Max(nextValues[2 * i], nextValues[(2 * i) + 1])) - values[(2 * i) + batch.Actions[i]]);
            Assert.Equal(expected, batch.AbsoluteTdErrors[i], 5);
        }
    }

    [Fact]
    public void Steps_allocate_nothing_apart_from_the_batch()
    {
        FragmentCollector collector = Collector(Options(nStep: 3, episodeLength: 1_000_000), environments: 4);
        List<double> returns = new(100);
        // Two observations of two floats, action, return, discount and how it ended for each transition; seven arrays and the object beside them.
        long bound = (4 * 500 * ((sizeof(float) * (2 + 2 + 3)) + 1)) + 500;
        long least = long.MaxValue;
        // Code that is not yet optimised boxes the arguments of range checks, so the first fragments say nothing.
        for (int attempt = 0; attempt < 2000 && least > bound; attempt++)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            collector.Collect(500, 0.1, returns);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - start);
        }

        Assert.InRange(least, 0, bound);
    }

    private static TrainingOptions Options(int nStep, int episodeLength, bool truncates = false) => Make.Options() with
    {
        Environment = ScriptedEnvironment.Specification(
            ("episode_length", episodeLength.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("truncates", truncates ? "true" : "false")),
        Learner = Make.Options().Learner with { NStep = nStep, Gamma = Gamma },
    };

    private static FragmentCollector Collector(TrainingOptions options, int environments) =>
        new(EnvironmentFactory.CreateVector(options.Environment, environments), Make.Layout(options), options, runner: 0, attempt: 0);
}
