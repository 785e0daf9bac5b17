using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>How a run with many learners stands, as its learner knows it. Rates are of late.</summary>
public sealed record DistributedStatus
{
    /// <summary>Staleness above which all gradients are counted together.</summary>
    public const int MaxStaleness = 64;

    /// <summary>Data-parallel or parameter server.</summary>
    public required LearnerMode Mode { get; init; }

    /// <summary>Those that compute gradients: replicas with the learner's own, or workers.</summary>
    public int Members { get; init; }

    /// <summary>Group or server epoch: grows where members change, or the server returns to a checkpoint.</summary>
    public long Epoch { get; init; }

    /// <summary>Updates behind the parameters.</summary>
    public long Version { get; init; }

    /// <summary>Version at which the target network was last changed.</summary>
    public long TargetVersion { get; init; }

    /// <summary>Gradients computed by members per second.</summary>
    public double GradientsPerSecond { get; init; }

    /// <summary>Gradients applied, by staleness (versions between the parameters that it was computed on and those it was applied to), from 0 to at most <see cref="MaxStaleness"/>, the last with all above; empty in data-parallel training.</summary>
    public IReadOnlyList<long> Staleness { get; init; } = [];

    /// <summary>Gradients discarded as older than the bound.</summary>
    public long DiscardedStale { get; init; }

    /// <summary>Gradients that a synchronous update went on without.</summary>
    public long DiscardedLate { get; init; }

    /// <summary>Gradients discarded for the loss's distance from the mean.</summary>
    public long DiscardedOutliers { get; init; }

    /// <summary>Gradients discarded as NaN or infinite.</summary>
    public long DiscardedNotFinite { get; init; }

    /// <summary>Gradients lost with an epoch, or with their worker.</summary>
    public long Lost { get; init; }

    /// <summary>Returns of the server to a checkpoint, or steps that a group repeated.</summary>
    public long Repeats { get; init; }

    /// <summary>The members and their traffic.</summary>
    public IReadOnlyList<LinkStatus> Links { get; init; } = [];
}

/// <summary>The traffic of one member.</summary>
/// <param name="Name">Whose: <c>gradient worker 0 of 127.0.0.1:4054</c>.</param>
/// <param name="Gradients">Gradients that it has computed.</param>
/// <param name="Discarded">Those of them that were not used.</param>
/// <param name="SentPerSecond">Bytes a second that it sends: gradients.</param>
/// <param name="ReceivedPerSecond">Bytes a second that it receives: parameters, or gradients of others.</param>
public sealed record LinkStatus(string Name, long Gradients, long Discarded, double SentPerSecond, double ReceivedPerSecond);

/// <summary>One range of the parameter server, on its node.</summary>
/// <param name="Range">Its number.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Epoch">The epoch; 0 before it was loaded.</param>
/// <param name="Version">Its version.</param>
/// <param name="TargetVersion">Version of its target.</param>
/// <param name="Held">Gradients that wait there.</param>
/// <param name="BytesReceived">Bytes of gradients since its start.</param>
/// <param name="BytesSent">Bytes of parameters since its start.</param>
public sealed record ParameterRangeStatus(
    int Range, int Parameters, long Epoch, long Version, long TargetVersion, int Held, long BytesReceived, long BytesSent);

/// <summary>One gradient worker, or the replica of a node.</summary>
/// <param name="Index">Its index on its node; −1 for the node's replica.</param>
/// <param name="Epoch">The epoch that it takes part in; 0 where in none.</param>
/// <param name="Version">Version of its parameters.</param>
/// <param name="Gradients">Gradients computed since its start.</param>
/// <param name="GradientsPerSecond">Gradients per second of late.</param>
public sealed record GradientMemberStatus(int Index, long Epoch, long Version, long Gradients, double GradientsPerSecond);
