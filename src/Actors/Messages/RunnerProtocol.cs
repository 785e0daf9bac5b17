namespace DqnAkka.Actors;

/// <summary>How the runner pools of all nodes come by runner indices, so that the ε ladder of the whole cluster is complete.</summary>
public static class RunnerProtocol
{
    /// <summary>
    /// A pool says what it runs and what it wants: at its start, every few seconds after that, and to a registry that has just
    /// started, which learns so what is in use. Answered by <see cref="Leases"/>.
    /// </summary>
    /// <param name="Pool">A number that no other pool has, also not an earlier one on the same address.</param>
    /// <param name="Count">Runners that the pool runs in all (<c>runner.count</c> of its node).</param>
    /// <param name="Held">The leases that it holds.</param>
    public sealed record ClaimRunners(long Pool, int Count, IReadOnlyList<RunnerLease> Held) : IWireMessage;

    /// <summary>One runner index, used by one pool.</summary>
    /// <param name="Index">The runner's index, 0 … N − 1.</param>
    /// <param name="Attempt">
    /// The first start of the index under this lease, below 2¹⁶: each lease has a block of its own, so that a successor draws other random numbers.
    /// </param>
    public sealed record RunnerLease(int Index, int Attempt);

    /// <summary>The leases of one pool; sent again when the number of runners changes.</summary>
    /// <param name="Pool">The pool that is meant.</param>
    /// <param name="Runners">Its leases, all of them: a runner whose index is not among them stops.</param>
    /// <param name="Total">Runners in the whole cluster, N of the ladder.</param>
    public sealed record Leases(long Pool, IReadOnlyList<RunnerLease> Runners, int Total) : IWireMessage;

    /// <summary>A pool tells its runners how many there are in the whole cluster.</summary>
    /// <param name="Total">N of the ladder.</param>
    public sealed record Ladder(int Total);

    /// <summary>A pool that stops gives its indices back.</summary>
    /// <param name="Pool">The pool.</param>
    public sealed record ReleaseRunners(long Pool) : IWireMessage;
}
