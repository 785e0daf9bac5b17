namespace DqnAkka.Environments;

/// <summary>State of <see cref="MemoryChain"/>.</summary>
/// <param name="Bits">The bits to remember, the first one in the lowest.</param>
/// <param name="Query">Which of them is asked for.</param>
/// <param name="Time">Steps since the beginning.</param>
internal record struct MemoryChainState(BitRow Bits, int Query, int Time);

/// <summary>
/// bsuite's memory chain (Osband et al. 2020): bits are shown at the beginning, and after <paramref name="length"/> steps without them the
/// action is to be the one that is asked for. Observation: the share of time that is left, the number of the bit asked for (shown before
/// the last observation only), the bits as ±1 (at time 0 only; else 0). An observation is of the time before its step, so that the first
/// step shows the bits once more. A reset draws the bits, then the number of the one that will be asked for.
/// </summary>
/// <param name="length">Steps between the question and what it asks for, at least 1.</param>
/// <param name="bitCount">Number of bits, 1 to 128.</param>
internal readonly struct MemoryChain(int length, int bitCount) : IDynamics<MemoryChainState>
{
    public BoxSpace ObservationSpace { get; } = new(
        [0, 0, .. Enumerable.Repeat(-1f, bitCount)], [1, bitCount - 1, .. Enumerable.Repeat(1f, bitCount)]);

    public int ObservationSize => bitCount + 2;

    public int ActionCount => 2;

    public ImageSize RenderSize => ChainDrawing.Size;

    public void Reset(ref MemoryChainState state, IRandomNumbers random)
    {
        BitRow bits = BitRow.Draw(bitCount, random);
        state = new MemoryChainState(bits, random.NextInteger(0, bitCount), 0);
    }

    public void Observe(in MemoryChainState state, Span<float> observation)
    {
        int time = ShownTime(in state);
        observation[0] = (float)(1 - ((double)time / length));
        observation[1] = time == length - 1 ? state.Query : 0;
        for (int i = 0; i < bitCount; i++)
        {
            observation[i + 2] = time > 0 ? 0 : state.Bits[i] ? 1 : -1;
        }
    }

    public StepResult Step(ref MemoryChainState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        // Time stands still at the end.
        state.Time = Math.Min(state.Time + 1, length + 1);
        Observe(in state, observation);
        bool isAnswer = state.Time == length + 1;
        double reward = isAnswer && !alreadyTerminated ? (action == 1 == state.Bits[state.Query] ? 1 : -1) : 0;
        return new StepResult(reward, isAnswer, Truncated: false);
    }

    public void Render(in MemoryChainState state, Canvas canvas)
    {
        int time = ShownTime(in state);
        ChainDrawing.DrawTime(1 - ((double)time / length), canvas);
        ChainDrawing.DrawBits(bitCount, state.Bits, isShown: time == 0, time == length - 1 ? state.Query : -1, canvas);
    }

    private static int ShownTime(in MemoryChainState state) => Math.Max(state.Time - 1, 0);
}
