using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>State of a MinAtar game and of what all of them share.</summary>
/// <typeparam name="TGameState">The game's state.</typeparam>
internal struct MinAtarState<TGameState>
    where TGameState : unmanaged
{
    /// <summary>The action that was executed last, of the full set. It outlives the episode, as in the reference.</summary>
    public int LastAction;

    /// <summary>Whether the game is over.</summary>
    public bool Terminal;

    /// <summary>The game.</summary>
    public TGameState Game;
}

/// <summary>
/// What MinAtar's games share: sticky actions, the two sets of actions, and what an act means after the end. Random numbers: one uniform for
/// each act (also where it cannot matter), then those of the game.
/// </summary>
/// <typeparam name="TGame">The game.</typeparam>
/// <typeparam name="TGameState">Its state.</typeparam>
/// <param name="stickyActionProbability">Probability that an act executes the last action in place of the one that was asked for.</param>
/// <param name="ramping">Whether the game gets harder as it goes on.</param>
/// <param name="minimal">Whether the actions are those that have an effect in this game; otherwise all six.</param>
internal readonly struct MinAtarDynamics<TGame, TGameState>(double stickyActionProbability, bool ramping, bool minimal) : IDynamics<MinAtarState<TGameState>>
    where TGame : struct, IMinAtarGame<TGameState>
    where TGameState : unmanaged
{
    private static readonly BoxSpace Observations = new(
        new float[TGame.Planes * MinAtarGrid.Cells],
        [.. Enumerable.Repeat(1f, TGame.Planes * MinAtarGrid.Cells)],
        ObservationType.Boolean,
        shape: new PlaneShape(TGame.Planes, MinAtarGrid.Size, MinAtarGrid.Size));

    public BoxSpace ObservationSpace => Observations;

    public int ObservationSize => TGame.Planes * MinAtarGrid.Cells;

    public int ActionCount => minimal ? TGame.MinimalActions.Length : MinAtarAction.Count;

    public ImageSize RenderSize => MinAtarDrawing.Size;

    public void Reset(ref MinAtarState<TGameState> state, IRandomNumbers random)
    {
        TGame.Begin(out state.Game, random);
        state.Terminal = false;
    }

    public void Observe(in MinAtarState<TGameState> state, Span<float> observation) => TGame.Observe(in state.Game, observation);

    // Inlined, so that where the caller knows its generator the sticky draw is no call through the interface.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(
        ref MinAtarState<TGameState> state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        int wanted = minimal ? TGame.MinimalActions[action] : action;
        state.LastAction = random.NextUniform() < stickyActionProbability ? state.LastAction : wanted;
        ActResult result = new(0, Terminal: true);
        if (!state.Terminal)
        {
            result = TGame.Act(ref state.Game, state.LastAction, ramping, random);
            state.Terminal = result.Terminal;
        }

        TGame.Observe(in state.Game, observation);
        return new StepResult(result.Reward, result.Terminal, Truncated: false);
    }

    public void Render(in MinAtarState<TGameState> state, Canvas canvas)
    {
        Span<float> observation = stackalloc float[TGame.Planes * MinAtarGrid.Cells];
        TGame.Observe(in state.Game, observation);
        MinAtarDrawing.Draw(observation, TGame.Colors, canvas);
    }
}
