using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What a run's replay holds, wherever it lies: in its shards' files or in an exported one.</summary>
internal interface IReplayContents : IDisposable
{
    /// <summary>What the transitions are.</summary>
    ReplayDescription Description { get; }

    /// <summary>The shards, by index.</summary>
    IReadOnlyList<IShardContents> Shards { get; }

    /// <summary>Shards of the run, as far as it is known how many it has, of which nothing is here; by index.</summary>
    MissingShards Missing { get; }
}

/// <summary>Shards of a run that are not where the others are: on another node's disk, or lost.</summary>
/// <param name="Indexes">Which ones, in ascending order.</param>
/// <param name="Count">How many shards the run has.</param>
internal sealed record MissingShards(IReadOnlyList<int> Indexes, int Count)
{
    /// <summary>None is missing.</summary>
    public static MissingShards None { get; } = new([], 0);

    /// <summary>One line for each.</summary>
    public IEnumerable<string> Lines => Indexes.Select(index => FormattableString.Invariant($"shard {index} of {Count} has no file here"));
}

/// <summary>What one shard holds.</summary>
internal interface IShardContents
{
    /// <summary>The shard's account.</summary>
    ShardDescription Description { get; }

    /// <summary>Reads the transitions in the order of arrival, the oldest first.</summary>
    /// <param name="maxRows">Transitions in one part at most.</param>
    /// <returns>The parts, each in arrays of its own.</returns>
    /// <exception cref="UserErrorException">What is there cannot be read, or is damaged.</exception>
    IEnumerable<ReplayRows> Read(int maxRows);
}

/// <summary>Neighbouring transitions of one shard.</summary>
/// <param name="Transitions">The transitions.</param>
/// <param name="Masses">Sampling mass of each, p^α; 1 where sampling is uniform.</param>
/// <param name="Keys">Number of each in the order of arrival.</param>
internal sealed record ReplayRows(TransitionBatch Transitions, double[] Masses, long[] Keys);
