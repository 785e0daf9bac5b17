using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>Everything of a shard that goes together with what it holds, and that has to be of the same moment after a crash.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ShardCommit
{
    /// <summary>What the buffer knows beside its region.</summary>
    public ReplayState Buffer;

    /// <summary>The shard's incarnation.</summary>
    public long Incarnation;

    /// <summary>The run that the transitions belong to; 0 where no learner has said so yet.</summary>
    public long Run;

    /// <summary>Agent decisions behind the inserts.</summary>
    public long EnvironmentSteps;

    /// <summary>Transitions sampled.</summary>
    public long Samples;

    /// <summary>The runner's position that changed with this commit.</summary>
    public FragmentPosition Position;

    /// <summary>How far hand-overs to this shard are.</summary>
    public TransferPositions Transfers;
}
