namespace DqnAkka.Environments;

/// <summary>What came of one act.</summary>
/// <param name="Reward">The reward.</param>
/// <param name="Terminal">Whether the game is over.</param>
internal readonly record struct ActResult(int Reward, bool Terminal);

/// <summary>One plane of an observation as a picture shows it.</summary>
/// <param name="Plane">The plane.</param>
/// <param name="Color">The colour of its cells.</param>
internal readonly record struct PlaneColor(int Plane, RgbColor Color);

/// <summary>
/// The rules of one MinAtar game (Young &amp; Tian 2019) on a grid of 10 × 10, without what all games share (<see cref="MinAtarDynamics{TGame, TState}"/>).
/// </summary>
/// <typeparam name="TState">The game's state.</typeparam>
internal interface IMinAtarGame<TState>
    where TState : unmanaged
{
    /// <summary>Planes of an observation.</summary>
    static abstract int Planes { get; }

    /// <summary>The actions that have an effect, with the one that does nothing, out of the full set in its order.</summary>
    static abstract ReadOnlySpan<byte> MinimalActions { get; }

    /// <summary>What a picture shows, in the order of painting.</summary>
    static abstract IReadOnlyList<PlaneColor> Colors { get; }

    /// <summary>Begins a game.</summary>
    static abstract void Begin(out TState state, IRandomNumbers random);

    /// <summary>Plays one frame of a game that is not over.</summary>
    /// <param name="state">The state, replaced.</param>
    /// <param name="action">An action of the full set.</param>
    /// <param name="ramping">Whether the game gets harder as it goes on.</param>
    /// <param name="random">What is drawn from.</param>
    static abstract ActResult Act(ref TState state, int action, bool ramping, IRandomNumbers random);

    /// <summary>Writes every cell of every plane, 1 or 0.</summary>
    static abstract void Observe(in TState state, Span<float> observation);
}
