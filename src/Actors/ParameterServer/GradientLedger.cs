using System.Collections;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// Decides what becomes of each gradient, and gives versions. A gradient is ready when its worker has told of it and all ranges hold their
/// part. Asynchronous (Gorila, Nair et al. 2015): each is an update, unless the parameters that it was computed on are more than
/// <c>max-staleness</c> versions old by then. Synchronous with backups (Chen et al. 2016): an update averages the first k of the newest version,
/// of k workers, and later ones of that version are dropped.
/// </summary>
/// <param name="ranges">Number of ranges.</param>
/// <param name="options">Bound, mode and k.</param>
/// <param name="version">The version to begin with.</param>
/// <param name="counts">Where everything is counted.</param>
internal sealed class GradientLedger(int ranges, ParameterServerOptions options, long version, GradientCounts counts)
{
    private readonly Dictionary<(int Worker, long Push), Pending> _pending = [];
    private readonly Dictionary<int, long> _decided = [];
    private readonly Queue<GradientDropped> _refused = new();
    private readonly List<Pending> _ready = [];

    /// <summary>Updates so far.</summary>
    public long Version { get; private set; } = version;

    /// <summary>Gradients that were told of, or begun to be held, and are not decided upon.</summary>
    public int PendingCount => _pending.Count + _refused.Count;

    /// <summary>A worker has computed a gradient.</summary>
    /// <param name="gradient">What it tells.</param>
    /// <param name="now">The time in ticks of whoever asks for <see cref="Expire"/>.</param>
    /// <returns>Whether it is news.</returns>
    public bool Compute(GradientProtocol.GradientComputed gradient, long now)
    {
        if (IsDecided(gradient.Worker, gradient.Push))
        {
            return false;
        }

        Pending pending = PendingOf(gradient.Worker, gradient.Push, now);
        if (pending.Gradient is not null)
        {
            return false;
        }

        counts.Computed++;
        pending.Gradient = gradient;
        if (Refusal(gradient) is { } reason)
        {
            _pending.Remove((gradient.Worker, gradient.Push));
            Close(gradient, reason, pending.Fault);
            return true;
        }

        ReadyIfWhole(pending);
        return true;
    }

    /// <summary>A range holds its part of a gradient.</summary>
    /// <returns>Whether the range is to wait for the decision; otherwise it was decided already, and the range should drop it.</returns>
    public bool Hold(ParameterServerProtocol.GradientHeld held, long now)
    {
        if (held.Range < 0 || held.Range >= ranges || IsDecided(held.Worker, held.Push))
        {
            return false;
        }

        Pending pending = PendingOf(held.Worker, held.Push, now);
        if (!pending.HeldBy[held.Range])
        {
            pending.HeldBy[held.Range] = true;
            pending.Missing--;
            pending.Fault = pending.Fault.Length > 0 ? pending.Fault : held.Fault;
            ReadyIfWhole(pending);
        }

        return true;
    }

    /// <summary>The next decision, counted; null where there is none to take yet.</summary>
    public GradientDecision? Next()
    {
        if (_refused.TryDequeue(out GradientDropped? refused))
        {
            return refused;
        }

        return options.Synchronous ? NextSynchronous() : NextAsynchronous();
    }

    /// <summary>Gradients that are not whole in all ranges long after they began are lost; those that their workers told of are among the next decisions.</summary>
    /// <param name="before">The time in ticks before which they began.</param>
    /// <returns>All of them, by worker and number.</returns>
    public IReadOnlyList<(int Worker, long Push)> Expire(long before)
    {
        Pending[] late = [.. _pending.Values.Where(pending => !pending.IsReady && pending.Since < before)];
        foreach (Pending pending in late)
        {
            Lose(pending);
            if (pending.Gradient is { } gradient)
            {
                _refused.Enqueue(new GradientDropped(gradient, GradientProtocol.DiscardReason.OtherEpoch, ""));
            }
        }

        return [.. late.Select(pending => (pending.Worker, pending.Push))];
    }

    /// <summary>A worker is gone: what is not in an update already is lost.</summary>
    public void Drop(int worker)
    {
        foreach (Pending pending in _pending.Values.Where(pending => pending.Worker == worker).ToArray())
        {
            Lose(pending);
        }

        _decided[worker] = long.MaxValue;
    }

    /// <summary>The epoch ends: everything that is not in an update is lost.</summary>
    public void LoseAll()
    {
        foreach (Pending pending in _pending.Values.ToArray())
        {
            Lose(pending);
        }
    }

    private GradientDecision? NextAsynchronous()
    {
        if (_ready.Count == 0)
        {
            return null;
        }

        Pending first = _ready[0];
        long staleness = Version - first.Gradient!.BaseVersion;
        bool isStale = staleness > options.MaxStaleness;
        if (Blemish(first) is { } blemish)
        {
            return Discard(first, blemish);
        }

        return isStale && options.StaleGradients == StaleGradients.Discard
            ? Discard(first, GradientProtocol.DiscardReason.Stale)
            : Apply([first], isStale ? 1.0 / staleness : 1.0);
    }

    private GradientDecision? NextSynchronous()
    {
        foreach (Pending pending in _ready)
        {
            if (Blemish(pending) is { } blemish)
            {
                return Discard(pending, blemish);
            }

            if (pending.Gradient!.BaseVersion < Version)
            {
                return Discard(pending, GradientProtocol.DiscardReason.Late);
            }
        }

        return _ready.Count >= options.GradientsPerUpdate ? Apply([.. _ready.Take(options.GradientsPerUpdate)], 1.0) : null;
    }

    private static GradientProtocol.DiscardReason? Blemish(Pending pending) => pending.Fault.Length > 0 ? GradientProtocol.DiscardReason.NotFinite : null;

    private GradientsApplied Apply(Pending[] taken, double factor)
    {
        foreach (Pending pending in taken)
        {
            counts.CountApplied(Version - pending.Gradient!.BaseVersion);
            Decide(pending);
        }

        Version++;
        return new GradientsApplied(Version, [.. taken.Select(pending => pending.Gradient!)], factor);
    }

    private GradientDropped Discard(Pending pending, GradientProtocol.DiscardReason reason)
    {
        Decide(pending);
        counts.CountDiscarded(reason);
        return new GradientDropped(pending.Gradient!, reason, pending.Fault);
    }

    private void Decide(Pending pending)
    {
        _ready.Remove(pending);
        _pending.Remove((pending.Worker, pending.Push));
        // Ones that the worker began before, and gave up, are no longer waited for.
        foreach (Pending older in _pending.Values.Where(other => other.Worker == pending.Worker && other.Push < pending.Push && !other.IsReady).ToArray())
        {
            Lose(older);
        }

        MarkDecided(pending.Worker, pending.Push);
    }

    private void Lose(Pending pending)
    {
        _ready.Remove(pending);
        _pending.Remove((pending.Worker, pending.Push));
        MarkDecided(pending.Worker, pending.Push);
        if (pending.Gradient is not null)
        {
            counts.CountDiscarded(GradientProtocol.DiscardReason.OtherEpoch);
        }
    }

    private GradientProtocol.DiscardReason? Refusal(GradientProtocol.GradientComputed gradient) =>
        gradient.Verdict == GradientProtocol.GradientVerdict.Outlier ? GradientProtocol.DiscardReason.Outlier
        : gradient.Verdict != GradientProtocol.GradientVerdict.Sent || !float.IsFinite(gradient.Norm) || !float.IsFinite(gradient.Loss) ? GradientProtocol.DiscardReason.NotFinite
        // Of parameters that this epoch has not made.
        : gradient.BaseVersion < 0 || gradient.BaseVersion > Version ? GradientProtocol.DiscardReason.OtherEpoch
        : null;

    private void Close(GradientProtocol.GradientComputed gradient, GradientProtocol.DiscardReason reason, string fault)
    {
        MarkDecided(gradient.Worker, gradient.Push);
        counts.CountDiscarded(reason);
        _refused.Enqueue(new GradientDropped(gradient, reason, fault));
    }

    private void ReadyIfWhole(Pending pending)
    {
        if (pending.Gradient is null || pending.Missing > 0 || pending.IsReady)
        {
            return;
        }

        pending.IsReady = true;
        Pending? other = options.Synchronous ? _ready.Find(ready => ready.Worker == pending.Worker) : null;
        _ready.Add(pending);
        if (other is not null)
        {
            // The mean is one of k workers: one that goes on before its gradient was used is in it with the newest.
            _refused.Enqueue(Discard(other.Push < pending.Push ? other : pending, GradientProtocol.DiscardReason.Late));
        }
    }

    private bool IsDecided(int worker, long push) => push <= _decided.GetValueOrDefault(worker, -1);

    private void MarkDecided(int worker, long push) => _decided[worker] = Math.Max(push, _decided.GetValueOrDefault(worker, -1));

    private Pending PendingOf(int worker, long push, long now)
    {
        if (!_pending.TryGetValue((worker, push), out Pending? pending))
        {
            pending = new Pending(worker, push, ranges, now);
            _pending.Add((worker, push), pending);
        }

        return pending;
    }

    private sealed class Pending(int worker, long push, int ranges, long since)
    {
        public int Worker => worker;

        public long Push => push;

        public long Since => since;

        public BitArray HeldBy { get; } = new(ranges);

        public int Missing { get; set; } = ranges;

        public string Fault { get; set; } = "";

        public bool IsReady { get; set; }

        public GradientProtocol.GradientComputed? Gradient { get; set; }
    }
}
