using System.Text.Json;

namespace DqnAkka.Environments.Tests;

/// <summary>One recorded game of blackjack; see traces/README.md.</summary>
public sealed record BlackjackEpisode(
    Dictionary<string, JsonElement> Kwargs,
    string Kind,
    int[] ResetDraws,
    float[] InitObs,
    int[] Actions,
    int[][] Draws,
    float[][] Obs,
    double[] Reward,
    bool[] Terminated,
    bool[] Truncated);

public sealed class BlackjackTests
{
    [Fact]
    public void Blackjack_replays_every_recorded_game()
    {
        foreach (BlackjackEpisode episode in Traces.Read<BlackjackEpisode>("blackjack"))
        {
            Blackjack dynamics = ChanceReplay.Registered<Blackjack, BlackjackState>("Blackjack-v1", episode.Kwargs);
            ChanceReplay.Run<Blackjack, BlackjackState>(dynamics, new ChanceEpisode(
                $"Blackjack-v1 {episode.Kind}",
                EnvironmentRegistry.Get("Blackjack-v1").MaxEpisodeSteps,
                numbers => numbers.Add(Cards(episode.ResetDraws)),
                (numbers, t) => numbers.Add(Cards(episode.Draws[t])),
                episode.InitObs,
                episode.Actions,
                episode.Obs,
                episode.Reward,
                episode.Terminated,
                episode.Truncated));
        }
    }

    [Fact]
    public void Recorded_games_have_the_lines_and_steps_of_their_manifest()
    {
        ManifestEntry entry = Traces.Expected("blackjack");
        List<BlackjackEpisode> episodes = Traces.Read<BlackjackEpisode>("blackjack");
        Assert.Equal(entry.Lines, episodes.Count);
        Assert.Equal(entry.Steps, episodes.Sum(episode => episode.Actions.Length));
    }

    [Fact]
    public void Cards_come_as_often_as_from_a_full_deck()
    {
        const int Games = 52_000;
        RandomSource random = new(5);
        Blackjack dynamics = new(natural: false, suttonAndBarto: true);
        int[] counts = new int[11];
        BlackjackState state = default;
        for (int i = 0; i < Games; i++)
        {
            dynamics.Reset(ref state, random);
            counts[state.Dealer[0]]++;
        }

        // Four standard errors and a half: probability 7e-6 for each card.
        double Tolerance(double share) => 4.5 * Math.Sqrt(Games * share * (1 - share));
        for (int card = 1; card <= 10; card++)
        {
            double share = (card == 10 ? 4 : 1) / 13.0;
            Assert.InRange(counts[card], (Games * share) - Tolerance(share), (Games * share) + Tolerance(share));
        }
    }

    [Theory]
    [InlineData(true, false, 1.0)]
    [InlineData(false, true, 1.5)]
    [InlineData(false, false, 1.0)]
    public void A_natural_pays_what_the_rules_say(bool suttonAndBarto, bool natural, double expected)
    {
        RecordedNumbers numbers = new();
        Blackjack dynamics = new(natural, suttonAndBarto);
        BlackjackState state = default;
        float[] observation = new float[3];
        numbers.Add(Cards([10, 9, 1, 10]));
        dynamics.Reset(ref state, numbers);
        Assert.Equal(new StepResult(expected, true, false), dynamics.Step(ref state, 0, false, numbers, observation));
        Assert.Equal([21, 10, 1], observation);
    }

    [Theory]
    [InlineData(true, 1.0)]
    [InlineData(false, 0.0)]
    public void A_natural_beats_twenty_one_of_three_cards_in_the_book_only(bool suttonAndBarto, double expected)
    {
        RecordedNumbers numbers = new();
        Blackjack dynamics = new(natural: true, suttonAndBarto);
        BlackjackState state = default;
        numbers.Add(Cards([10, 5, 1, 10, 6]));
        dynamics.Reset(ref state, numbers);
        Assert.Equal(new StepResult(expected, true, false), dynamics.Step(ref state, 0, false, numbers, new float[3]));
    }

    // Any of the four kinds of ten would do.
    private static IEnumerable<JsonElement[]> Cards(int[] cards) => cards.Select(card => ChanceReplay.Integer(card - 1, 0, 13));
}
