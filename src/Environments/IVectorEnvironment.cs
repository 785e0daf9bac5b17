using System.Diagnostics.CodeAnalysis;

namespace DqnAkka.Environments;

/// <summary>
/// Several copies of one environment that step together. A copy whose episode ends is reset within the same step
/// (Gymnasium's <c>AutoresetMode.SAME_STEP</c>). No step allocates. Used by one thread at a time. Disposed of by who made it.
/// </summary>
public interface IVectorEnvironment : IDisposable
{
    /// <summary>Number of copies, E.</summary>
    int Count { get; }

    /// <summary>Space of one copy's observations.</summary>
    Space ObservationSpace { get; }

    /// <summary>Space of one copy's actions.</summary>
    Space ActionSpace { get; }

    /// <summary>Seeds copy <c>i</c> with (<paramref name="seed"/>, <paramref name="firstIndex"/> + i) and begins an episode in each.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="firstIndex">The index of the first copy.</param>
    /// <param name="observations">Receives the first observations, float32, [E × size] row-major.</param>
    void Reset(ulong seed, ulong firstIndex, Span<float> observations);

    /// <summary>Steps every copy once.</summary>
    /// <param name="actions">One action for each copy, [E].</param>
    /// <param name="observations">Receives, for each copy, the observation to act on next: after the action, or of the new episode where one ended. [E × size].</param>
    /// <param name="rewards">Receives the rewards, [E].</param>
    /// <param name="terminated">Receives whether the episode reached a terminal state, [E].</param>
    /// <param name="truncated">Receives whether the episode was cut (a time limit), [E].</param>
    /// <param name="finalObservations">Receives, only in the rows of copies whose episode ended, the last observation of that episode; other rows are left as they were. [E × size].</param>
    /// <exception cref="ArgumentException">A span is shorter than stated.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An action is outside the action space.</exception>
    /// <exception cref="EpisodesLostException">
    /// All copies had to begin anew: <paramref name="observations"/> holds the first observations of new episodes, the actions were not taken,
    /// and what the caller has not finished of the old episodes has no continuation. The next call steps on as usual.
    /// </exception>
    void Step(
        ReadOnlySpan<int> actions,
        Span<float> observations,
        Span<double> rewards,
        Span<bool> terminated,
        Span<bool> truncated,
        Span<float> finalObservations);

    /// <summary>Gives back what the copies hold; most hold nothing.</summary>
    [SuppressMessage("Usage", "CA1816:Dispose methods should call SuppressFinalize", Justification = "There is nothing to finalize here.")]
    void IDisposable.Dispose()
    {
    }
}
