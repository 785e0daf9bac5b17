namespace DqnAkka.Actors;

/// <summary>What nodes say to each other before and beside the training: admission, status, leaving.</summary>
public static class NodeProtocol
{
    /// <summary>Name of the actor <c>/user/node</c> that every node has.</summary>
    public const string ActorName = "node";

    /// <summary>
    /// A process that wants to join asks a node that is there, before it joins the cluster. Its encoding is the same in every version.
    /// Answered by <see cref="JoinAccepted"/>, <see cref="JoinRefused"/> or <see cref="JoinPending"/>.
    /// </summary>
    /// <param name="Major">Major version of the wire protocol.</param>
    /// <param name="Minor">Minor version of the wire protocol.</param>
    /// <param name="Product">Version of the program.</param>
    /// <param name="Address">The address that it will join under.</param>
    /// <param name="Uid">The process's unique number at that address.</param>
    /// <param name="UtcTicks">Its clock.</param>
    /// <param name="Roles">Its roles.</param>
    /// <param name="Agreement">The configuration keys that must agree, with their values.</param>
    public sealed record JoinRequest(
        int Major,
        int Minor,
        string Product,
        string Address,
        int Uid,
        long UtcTicks,
        IReadOnlyList<string> Roles,
        IReadOnlyDictionary<string, string> Agreement) : IWireMessage;

    /// <summary>The process may join.</summary>
    /// <param name="Address">The node that answers, a member that is up.</param>
    /// <param name="UtcTicks">Its clock.</param>
    public sealed record JoinAccepted(string Address, long UtcTicks) : IWireMessage;

    /// <summary>The process may not join, now or later.</summary>
    /// <param name="Address">The node that answers.</param>
    /// <param name="Reason">One line: what differs, and the remedy.</param>
    public sealed record JoinRefused(string Address, string Reason) : IWireMessage;

    /// <summary>Not yet: the node that answers is itself no member so far.</summary>
    /// <param name="Address">The node that answers.</param>
    /// <param name="Reason">What it waits for.</param>
    public sealed record JoinPending(string Address, string Reason) : IWireMessage;

    /// <summary>Asks the process at an address who it is: two processes may claim the same address.</summary>
    /// <param name="Address">The address.</param>
    public sealed record WhoIsThere(string Address) : IWireMessage;

    /// <summary>The answer.</summary>
    /// <param name="Address">The address asked for.</param>
    /// <param name="Uid">The process's unique number.</param>
    public sealed record IAmHere(string Address, int Uid) : IWireMessage;

    /// <summary>
    /// Asks for status. A client sends it with <paramref name="WholeCluster"/> and gets one <see cref="NodeStatus"/> for each member and
    /// then <see cref="StatusEnd"/>; nodes ask each other without.
    /// </summary>
    /// <param name="WholeCluster">Whether the node asks all others too.</param>
    public sealed record StatusRequest(bool WholeCluster) : IWireMessage;

    /// <summary>No further member's status follows.</summary>
    /// <param name="Members">Members of the cluster.</param>
    /// <param name="Answered">Members that answered in time.</param>
    public sealed record StatusEnd(int Members, int Answered) : IWireMessage;

    /// <summary>Asks a node to leave: its runners stop, its shards move, its learner writes a checkpoint, its process ends.</summary>
    public sealed record LeaveRequest : IWireMessage
    {
        private LeaveRequest()
        {
        }

        /// <summary>The only one.</summary>
        public static LeaveRequest Instance { get; } = new();
    }

    /// <summary>The node is leaving.</summary>
    /// <param name="Address">The node.</param>
    public sealed record LeaveAccepted(string Address) : IWireMessage;

    /// <summary>A local part of the node (pool, shard, mirror, training) tells the node's actor where it stands, about once a second.</summary>
    /// <param name="Part">Name of the part: <c>runners</c>, <c>shard-3</c>, <c>mirror</c>, <c>range-1</c>, <c>gradient-0</c>, <c>replica</c>, <c>training</c>.</param>
    /// <param name="Progress">A number that changes when the part makes progress.</param>
    /// <param name="WaitsFor">What it waits for, in words that complete "waits for …"; empty where it is never to be reported as standing still.</param>
    /// <param name="Status">What <c>status</c> shows of it: a <see cref="ShardStatus"/>, <see cref="RunnerPoolStatus"/>, <see cref="MirrorStatus"/>, <see cref="ParameterRangeStatus"/>, <see cref="GradientMemberStatus"/> or <see cref="TrainingStatus"/>.</param>
    public sealed record PartReport(string Part, long Progress, string WaitsFor, object Status);
}
