namespace DqnAkka.Learner;

/// <summary>Whether a shard's transitions outlive its process.</summary>
public enum ReplayDurability
{
    /// <summary>Not: they lie in memory.</summary>
    Off,

    /// <summary>Yes: they lie in a file of the run's folder, and a shard that is started there again goes on with them.</summary>
    On,

    /// <summary>Where it pays: in a node of a cluster that has a folder.</summary>
    Auto,
}
