namespace DqnAkka.Environments;

/// <summary>State of <see cref="UmbrellaChain"/>.</summary>
/// <param name="NeedsUmbrella">Whether it will rain.</param>
/// <param name="HasUmbrella">Whether there is an umbrella.</param>
/// <param name="Time">Steps since the beginning.</param>
/// <param name="Distractors">Bits without a meaning.</param>
internal record struct UmbrellaChainState(bool NeedsUmbrella, bool HasUmbrella, int Time, BitRow Distractors);

/// <summary>
/// bsuite's umbrella chain (Osband et al. 2020): the first action takes an umbrella or leaves it, and only the last step tells whether that
/// was right; rewards and bits between are noise. Observation: needed, had, the share of time that is left, the distractors. Draws: at a
/// reset the need, whether one is had, and the distractors; at each step but the last the reward, and at each the distractors.
/// </summary>
/// <param name="length">Steps of an episode, at least 1.</param>
/// <param name="distractorCount">Bits without a meaning, 0 to 128.</param>
internal readonly struct UmbrellaChain(int length, int distractorCount) : IDynamics<UmbrellaChainState>
{
    public BoxSpace ObservationSpace { get; } = new(new float[distractorCount + 3], [.. Enumerable.Repeat(1f, distractorCount + 3)]);

    public int ObservationSize => distractorCount + 3;

    public int ActionCount => 2;

    public ImageSize RenderSize => ChainDrawing.Size;

    public void Reset(ref UmbrellaChainState state, IRandomNumbers random)
    {
        bool needs = random.NextBit();
        bool has = random.NextBit();
        state = new UmbrellaChainState(needs, has, 0, BitRow.Draw(distractorCount, random));
    }

    public void Observe(in UmbrellaChainState state, Span<float> observation)
    {
        observation[0] = state.NeedsUmbrella ? 1 : 0;
        observation[1] = state.HasUmbrella ? 1 : 0;
        observation[2] = (float)(1 - ((double)state.Time / length));
        for (int i = 0; i < distractorCount; i++)
        {
            observation[i + 3] = state.Distractors[i] ? 1 : 0;
        }
    }

    public StepResult Step(ref UmbrellaChainState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        // Time stands still at the end.
        state.Time = Math.Min(state.Time + 1, length);
        if (state.Time == 1)
        {
            state.HasUmbrella = action == 1;
        }

        bool isLast = state.Time == length;
        bool isGood = isLast ? state.HasUmbrella == state.NeedsUmbrella : random.NextBit();
        double reward = alreadyTerminated ? 0 : isGood ? 1 : -1;
        state.Distractors = BitRow.Draw(distractorCount, random);
        Observe(in state, observation);
        return new StepResult(reward, isLast, Truncated: false);
    }

    public void Render(in UmbrellaChainState state, Canvas canvas)
    {
        ChainDrawing.DrawTime(1 - ((double)state.Time / length), canvas);
        ChainDrawing.DrawUmbrella(state.NeedsUmbrella, state.HasUmbrella, canvas);
        ChainDrawing.DrawDistractors(distractorCount, state.Distractors, canvas);
    }
}
