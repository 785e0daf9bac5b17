namespace DqnAkka.Environments;

/// <summary>State of <see cref="DiscountingChain"/>.</summary>
/// <param name="Chain">The chain that the first action chose; −1 before.</param>
/// <param name="Time">Steps since the beginning.</param>
internal record struct DiscountingChainState(int Chain, int Time);

/// <summary>
/// bsuite's discounting chain (Osband et al. 2020): the first of 100 actions chooses one of five chains, which pay 1 after 1, 3, 10, 30 or
/// 100 steps, one of them 1.1. Observation: the chain (−1 at first) and the share of time that has passed. Nothing is drawn.
/// </summary>
/// <param name="bonusChain">The chain that pays 1.1.</param>
internal readonly struct DiscountingChain(int bonusChain) : IDynamics<DiscountingChainState>
{
    private const int Length = 100;
    private static readonly int[] RewardTimes = [1, 3, 10, 30, 100];
    private static readonly BoxSpace Observations = new([-1, 0], [RewardTimes.Length - 1, 1]);

    /// <summary>Number of chains.</summary>
    public static int ChainCount => RewardTimes.Length;

    public BoxSpace ObservationSpace => Observations;

    public int ObservationSize => 2;

    public int ActionCount => ChainCount;

    public ImageSize RenderSize => ChainDrawing.Size;

    public void Reset(ref DiscountingChainState state, IRandomNumbers random) => state = new DiscountingChainState(-1, 0);

    public void Observe(in DiscountingChainState state, Span<float> observation)
    {
        observation[1] = (float)((double)state.Time / Length);
        observation[0] = state.Chain;
    }

    public StepResult Step(ref DiscountingChainState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        if (state.Time == 0)
        {
            state.Chain = action;
        }

        // Time stands still at the end.
        state.Time = Math.Min(state.Time + 1, Length);
        Observe(in state, observation);
        double payment = state.Chain == bonusChain ? 1.1 : 1;
        double reward = state.Time == RewardTimes[state.Chain] && !alreadyTerminated ? payment : 0;
        return new StepResult(reward, state.Time == Length, Truncated: false);
    }

    public void Render(in DiscountingChainState state, Canvas canvas)
    {
        ChainDrawing.DrawTime(1 - ((double)state.Time / Length), canvas);
        ChainDrawing.DrawPayments(RewardTimes, Length, state.Chain, bonusChain, state.Time, canvas);
    }
}
