namespace DqnAkka.Actors;

/// <summary>Roles of cluster nodes.</summary>
public static class ClusterRoles
{
    /// <summary>Runs environment runners.</summary>
    public const string Runner = "runner";

    /// <summary>Holds replay shards.</summary>
    public const string Replay = "replay";

    /// <summary>May run the learner.</summary>
    public const string Learner = "learner";

    /// <summary>Is a contact point for nodes that join.</summary>
    public const string Seed = "seed";

    /// <summary>Holds ranges of the parameter server.</summary>
    public const string ParameterServer = "parameter-server";

    /// <summary>Runs gradient workers.</summary>
    public const string Gradient = "gradient";

    /// <summary>All of them: the roles of a cluster of one.</summary>
    public static IReadOnlyList<string> All { get; } = [Seed, Learner, Replay, Runner, ParameterServer, Gradient];
}
