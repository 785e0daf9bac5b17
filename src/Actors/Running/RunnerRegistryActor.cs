using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>
/// Gives out runner indices to the pools of all nodes, as part of the training singleton, and tells them how many runners there are. A
/// pool whose node is unreachable keeps its indices until the cluster has removed the node: it may yet come back.
/// </summary>
public sealed class RunnerRegistryActor : ReceiveActor, IWithTimers
{
    // Pools claim again every second, and their proxies find a new singleton within one more.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private readonly RunnerLeases _leases;
    private readonly Dictionary<long, IActorRef> _pools = [];
    private bool _isGranting;
    private bool _isStopped;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public RunnerRegistryActor(bool isTakeover)
    {
        _leases = new RunnerLeases(isTakeover ? UnusedAttempt() : 0);
        if (!isTakeover)
        {
            OnGraceEnded();
        }

        Receive<RunnerProtocol.ClaimRunners>(OnClaimRunners);
        Receive<RunnerProtocol.ReleaseRunners>(release => Forget([release.Pool]));
        Receive<RunProtocol.StopRunners>(_ => OnStopRunners());
        Receive<GraceEnded>(_ => OnGraceEnded());
        Receive<Terminated>(OnTerminated);
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a registry.</summary>
    /// <param name="isTakeover">
    /// Whether runners may be running already, on leases of a registry that is gone: new indices are given out only after a few seconds,
    /// in which the pools say what they hold.
    /// </param>
    public static Props CreateProps(bool isTakeover) => Props.Create(() => new RunnerRegistryActor(isTakeover));

    /// <inheritdoc />
    protected override void PreStart()
    {
        if (!_isGranting)
        {
            Timers.StartSingleTimer(nameof(GraceEnded), GraceEnded.Instance, Grace);
        }
    }

    /// <summary>What was leased before is not known: by the clock, a new attempt is hardly ever one that was there already.</summary>
    private static int UnusedAttempt() =>
        (int)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() % (RunnerLeases.Attempts / RunnerLeases.AttemptsPerLease)) * RunnerLeases.AttemptsPerLease;

    private void OnClaimRunners(RunnerProtocol.ClaimRunners claim)
    {
        int total = _leases.Total;
        _leases.Claim(claim.Pool, Sender.Path.ToStringWithAddress(), claim.Count, claim.Held);
        _pools[claim.Pool] = Sender;
        foreach (long replaced in _pools.Keys.Where(pool => !_leases.Knows(pool)).ToArray())
        {
            Remove(replaced);
        }

        Context.Watch(Sender);
        if (_isStopped)
        {
            Sender.Tell(RunProtocol.StopRunners.Instance);
        }
        else if (_isGranting)
        {
            Tell(_leases.Total == total ? [claim.Pool] : _pools.Keys);
        }
    }

    private void OnTerminated(Terminated terminated) =>
        Forget([.. _pools.Where(pool => pool.Value.Equals(terminated.ActorRef)).Select(pool => pool.Key)]);

    private void Forget(IEnumerable<long> pools)
    {
        int total = _leases.Total;
        foreach (long pool in pools)
        {
            _leases.Release(pool);
            Remove(pool);
        }

        if (_leases.Total != total && _isGranting && !_isStopped)
        {
            Tell(_pools.Keys);
        }
    }

    private void Remove(long pool)
    {
        // A pool that was started again in place is the same reference under another number.
        if (_pools.Remove(pool, out IActorRef? reference) && !_pools.ContainsValue(reference))
        {
            Context.Unwatch(reference);
        }
    }

    private void OnStopRunners()
    {
        _isStopped = true;
        foreach (IActorRef pool in _pools.Values)
        {
            pool.Tell(RunProtocol.StopRunners.Instance);
        }
    }

    private void OnGraceEnded()
    {
        _isGranting = true;
        _leases.Grant();
        if (!_isStopped)
        {
            Tell(_pools.Keys);
        }
    }

    private void Tell(IEnumerable<long> pools)
    {
        int total = _leases.Total;
        foreach (long pool in pools)
        {
            _pools[pool].Tell(new RunnerProtocol.Leases(pool, _leases.Of(pool), total));
        }
    }

    private sealed record GraceEnded
    {
        private GraceEnded()
        {
        }

        public static GraceEnded Instance { get; } = new();
    }
}
