namespace DqnAkka.Environments;

/// <summary>State of <see cref="Blackjack"/>.</summary>
/// <param name="Player">The player's cards.</param>
/// <param name="Dealer">The dealer's cards, the first of them face up.</param>
/// <param name="HasEnded">Whether the hands have been compared, or the player's sum has passed 21.</param>
internal record struct BlackjackState(BlackjackHand Player, BlackjackHand Dealer, bool HasEnded);

/// <summary>
/// Sutton &amp; Barto's blackjack (example 5.1) as Gymnasium's Blackjack-v1 has it: from endless decks, against a dealer who draws until 17.
/// Actions: stick, hit. Observation: the player's sum, the dealer's open card, whether an ace counts 11. A card is one integer in [0, 13):
/// ace, 2 … 9 and four tens; a reset draws two for the dealer, then two for the player.
/// </summary>
/// <param name="natural">Whether a natural (an ace and a ten, as dealt) pays 1.5; has no effect together with <paramref name="suttonAndBarto"/>.</param>
/// <param name="suttonAndBarto">Whether a natural wins against everything but another one, and pays 1.</param>
internal readonly struct Blackjack(bool natural, bool suttonAndBarto) : IDynamics<BlackjackState>
{
    private const int Kinds = 13;
    private const int DealerStands = 17;
    private static readonly BoxSpace Observations = new([0, 0, 0], [31, 10, 1]);

    public BoxSpace ObservationSpace => Observations;

    public int ObservationSize => 3;

    public int ActionCount => 2;

    public ImageSize RenderSize => BlackjackDrawing.Size;

    public void Reset(ref BlackjackState state, IRandomNumbers random)
    {
        BlackjackHand dealer = default(BlackjackHand).With(Draw(random)).With(Draw(random));
        state = new BlackjackState(default(BlackjackHand).With(Draw(random)).With(Draw(random)), dealer, HasEnded: false);
    }

    public void Observe(in BlackjackState state, Span<float> observation)
    {
        observation[2] = state.Player.HasUsableAce ? 1 : 0;
        observation[1] = state.Dealer[0];
        observation[0] = state.Player.Sum;
    }

    public StepResult Step(ref BlackjackState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        // Nothing is drawn from a game that is over.
        double reward = state.HasEnded ? 0 : action == 1 ? Hit(ref state, random) : Stick(ref state, random);
        Observe(in state, observation);
        return new StepResult(reward, state.HasEnded, Truncated: false);
    }

    public void Render(in BlackjackState state, Canvas canvas) => BlackjackDrawing.Draw(in state, canvas);

    private static int Draw(IRandomNumbers random) => Math.Min(random.NextInteger(0, Kinds) + 1, 10);

    private static double Hit(ref BlackjackState state, IRandomNumbers random)
    {
        state.Player = state.Player.With(Draw(random));
        state.HasEnded = state.Player.Sum > 21;
        return state.HasEnded ? -1 : 0;
    }

    private double Stick(ref BlackjackState state, IRandomNumbers random)
    {
        while (state.Dealer.Sum < DealerStands)
        {
            state.Dealer = state.Dealer.With(Draw(random));
        }

        state.HasEnded = true;
        int comparison = state.Player.Score.CompareTo(state.Dealer.Score);
        if (suttonAndBarto)
        {
            return state.Player.IsNatural && !state.Dealer.IsNatural ? 1 : comparison;
        }

        return natural && state.Player.IsNatural && comparison > 0 ? 1.5 : comparison;
    }
}
