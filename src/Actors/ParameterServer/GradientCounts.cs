namespace DqnAkka.Actors;

/// <summary>What became of gradients. Goes on over the server's returns to a checkpoint; every gradient is counted once.</summary>
internal sealed class GradientCounts
{
    private readonly long[] _staleness = new long[DistributedStatus.MaxStaleness + 1];

    /// <summary>Gradients that workers have computed.</summary>
    public long Computed { get; set; }

    /// <summary>Those applied.</summary>
    public long Applied { get; private set; }

    /// <summary>Those discarded as older than the bound.</summary>
    public long DiscardedStale { get; private set; }

    /// <summary>Those that a synchronous update went on without.</summary>
    public long DiscardedLate { get; private set; }

    /// <summary>Those discarded for the loss's distance from the mean.</summary>
    public long DiscardedOutliers { get; private set; }

    /// <summary>Those that were NaN or infinite, or that a range refused.</summary>
    public long DiscardedNotFinite { get; private set; }

    /// <summary>Those lost with an epoch, or with their worker.</summary>
    public long Lost { get; set; }

    /// <summary>Returns of the server to a checkpoint.</summary>
    public long Returns { get; set; }

    /// <summary>Gradients applied by staleness, up to the largest there was; the last of <see cref="DistributedStatus.MaxStaleness"/> counts all above as well.</summary>
    public IReadOnlyList<long> Staleness => _staleness[..(Array.FindLastIndex(_staleness, count => count > 0) + 1)];

    /// <summary>Counts a gradient that is applied.</summary>
    /// <param name="staleness">Versions between its parameters and those that it is applied to.</param>
    public void CountApplied(long staleness)
    {
        Applied++;
        _staleness[Math.Min(staleness, DistributedStatus.MaxStaleness)]++;
    }

    /// <summary>Counts a gradient that is not.</summary>
    public void CountDiscarded(GradientProtocol.DiscardReason reason)
    {
        switch (reason)
        {
            case GradientProtocol.DiscardReason.Stale:
                DiscardedStale++;
                break;
            case GradientProtocol.DiscardReason.Late:
                DiscardedLate++;
                break;
            case GradientProtocol.DiscardReason.Outlier:
                DiscardedOutliers++;
                break;
            case GradientProtocol.DiscardReason.NotFinite:
                DiscardedNotFinite++;
                break;
            default:
                Lost++;
                break;
        }
    }
}
