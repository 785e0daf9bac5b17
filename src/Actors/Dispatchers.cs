namespace DqnAkka.Actors;

/// <summary>
/// Paths of the dispatchers in <c>hocon/akka.conf</c>. Each has threads of its own, since the default dispatcher shares the .NET
/// pool with remoting and heartbeats, which must never wait for computation.
/// </summary>
public static class Dispatchers
{
    /// <summary>One thread for the learner alone.</summary>
    public const string Learner = "akka.dqn-dispatchers.learner";

    /// <summary>The runners' pool.</summary>
    public const string Runner = "akka.dqn-dispatchers.runner";

    /// <summary>The replay shards' pool.</summary>
    public const string Replay = "akka.dqn-dispatchers.replay";

    /// <summary>The parameter server's ranges.</summary>
    public const string ParameterServer = "akka.dqn-dispatchers.parameter-server";

    /// <summary>One thread for each gradient worker or replica of the learner.</summary>
    public const string Gradient = "akka.dqn-dispatchers.gradient";

    /// <summary>One thread for the exchange between the learner and its replicas.</summary>
    public const string Exchange = "akka.dqn-dispatchers.exchange";

    /// <summary>Greedy evaluation.</summary>
    public const string Evaluation = "akka.dqn-dispatchers.evaluation";

    /// <summary>Files and the console.</summary>
    public const string Files = "akka.dqn-dispatchers.files";
}
