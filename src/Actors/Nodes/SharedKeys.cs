using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace DqnAkka.Actors;

/// <summary>
/// Which configuration keys must agree over a cluster. What shapes transitions, priorities and networks must agree on every node;
/// what only a learner reads must agree on every node that may run one, since another may go on where it stopped; what only runners
/// and learners read must agree on those, and so must what gradient workers and the parameter server's ranges share with the learner that
/// guides them. Everything else (devices, threads, counts of runners and workers, addresses, folders) is each node's own.
/// </summary>
public static class SharedKeys
{
    private const int MaxValueLength = 200;
    private const int ShownLength = 80;
    private const string ServerGroup = "dqn.parameter-server.";

    private static readonly string[] Everywhere =
    [
        "dqn.environment.",
        "dqn.network.",
        "dqn.learner.algorithm",
        "dqn.learner.gamma",
        "dqn.learner.n-step",
        "dqn.learner.mode",
        "dqn.replay.shards",
        "dqn.replay.capacity",
        "dqn.replay.removal",
        "dqn.replay.prioritized",
        "dqn.replay.alpha",
        "dqn.replay.priority-epsilon",
        "dqn.run.seed",
    ];

    private static readonly string[] OfLearners =
        ["dqn.learner.", ServerGroup, "dqn.replay.", "dqn.snapshot.", "dqn.evaluation.", "dqn.checkpoint.", "dqn.stop.", "dqn.run.deterministic"];

    private static readonly string[] OfLearnersAndRunners = ["dqn.exploration."];

    // What a gradient follows from beside what agrees everywhere: whoever computes one must compute the learner's.
    private static readonly string[] OfGradientWorkers = ["dqn.learner.loss", "dqn.learner.huber-threshold", "dqn.learner.batch-size", ServerGroup];

    // What an update follows from: each range does its part of it. Rate, clipping and target updates are told with each.
    private static readonly string[] OfParameterServers =
    [
        "dqn.learner.optimizer",
        "dqn.learner.adam-beta1",
        "dqn.learner.adam-beta2",
        "dqn.learner.adam-epsilon",
        "dqn.learner.rmsprop-decay",
        "dqn.learner.rmsprop-epsilon",
        "dqn.learner.rmsprop-centered",
        "dqn.learner.adagrad-epsilon",
        ServerGroup,
    ];

    private static readonly string[] OfTheMachine =
    [
        // Where a type's assembly is looked for, and where Python is.
        "dqn.environment.path",
        "dqn.environment.python",
        "dqn.environment.start-timeout-seconds",
        "dqn.environment.step-timeout-seconds",
        "dqn.environment.max-restarts",
        "dqn.network.path",
        "dqn.replay.memory-limit",
        "dqn.learner.device",
        "dqn.learner.devices",
        "dqn.learner.backend",
        "dqn.learner.tf32",
        "dqn.learner.bfloat16",
        "dqn.learner.torch-threads",
        "dqn.learner.prefetch",
        "dqn.replay.durable",
    ];

    // How the work of a step is shared out and watched: it follows the same course whichever way.
    private static readonly string[] OfTheSharing =
        ["dqn.learner.replicas", "dqn.learner.checksum-period", "dqn.learner.replica-timeout-seconds", "dqn.parameter-server.timeout-seconds"];

    // How long a run goes on, how often one looks at it and what is kept: nothing that it learns by.
    private static readonly string[] OfTheOutcome = ["dqn.stop.", "dqn.evaluation.", "dqn.checkpoint."];

    // What weights, optimizer moments and the shards' records in a checkpoint are laid out by, and what they are about.
    private static readonly string[] OfTheRun = ["dqn.environment.", "dqn.network.", "dqn.learner.optimizer", "dqn.replay.shards", "dqn.run.deterministic"];

    // What the course of a deterministic run follows from beside that: who plays, by what arithmetic, and where its barriers are.
    private static readonly string[] OfTheCourse =
    [
        "dqn.runner.count",
        "dqn.runner.environments",
        "dqn.runner.fragment",
        "dqn.runner.backend",
        "dqn.learner.backend",
        "dqn.learner.devices",
        "dqn.checkpoint.period",
    ];

    /// <summary>Whether a run can go on with another value of a key where the user insists: what it has learned and counted still means something.</summary>
    /// <param name="key">The whole key.</param>
    public static bool CanChange(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return !IsIn(OfTheRun, key);
    }

    /// <summary>Whether a run that is resumed in one process must have the same value of a key as it had, or the user must insist.</summary>
    /// <param name="key">The whole key.</param>
    public static bool MustStay(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return MustAgree(key, [ClusterRoles.Learner]) && !IsIn(OfTheOutcome, key) && !IsIn(OfTheSharing, key);
    }

    /// <summary>Whether a run that is resumed and deterministic must have the same value of a key as it had, or the user must insist.</summary>
    /// <param name="key">The whole key.</param>
    public static bool MustStayForTheSameCourse(string key) => MustStay(key) || IsIn(OfTheCourse, key);

    /// <summary>Whether a key must have the same value on a node as in the cluster that it joins.</summary>
    /// <param name="key">The whole key, <c>dqn.replay.shards</c>.</param>
    /// <param name="roles">The roles of the node that joins.</param>
    public static bool MustAgree(string key, IReadOnlyCollection<string> roles)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(roles);
        if (IsIn(OfTheMachine, key))
        {
            return false;
        }

        bool isLearner = roles.Contains(ClusterRoles.Learner);
        return IsIn(Everywhere, key)
            || (isLearner && IsIn(OfLearners, key))
            || ((isLearner || roles.Contains(ClusterRoles.Runner)) && IsIn(OfLearnersAndRunners, key))
            || (roles.Contains(ClusterRoles.Gradient) && IsIn(OfGradientWorkers, key))
            || (roles.Contains(ClusterRoles.ParameterServer) && IsIn(OfParameterServers, key));
    }

    /// <summary>What of an agreement must agree for a node with these roles, long values cut to a length that fits a message, with their hash.</summary>
    internal static IReadOnlyDictionary<string, string> Select(IReadOnlyDictionary<string, string> agreement, IReadOnlyCollection<string> roles) =>
        agreement.Where(entry => MustAgree(entry.Key, roles)).ToDictionary(entry => entry.Key, entry => Abbreviate(entry.Value));

    private static string Abbreviate(string value) => value.Length <= MaxValueLength
        ? value
        : string.Create(CultureInfo.InvariantCulture, $"{value[..ShownLength]}… (hash {XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(value)):x16})");

    // A group ends with a dot; a key may hold keys of its own.
    private static bool IsIn(string[] entries, string key) => Array.Exists(
        entries,
        entry => key == entry || key.StartsWith(entry.EndsWith('.') ? entry : entry + ".", StringComparison.Ordinal));
}
