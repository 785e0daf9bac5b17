namespace DqnAkka.Actors;

/// <summary>Names shards in a line for the user.</summary>
internal static class ShardNames
{
    /// <summary><c>replay shard 3</c>, or <c>replay shards 0, 3</c>.</summary>
    public static string Of(IReadOnlyList<int> shards) => $"replay shard{(shards.Count == 1 ? "" : "s")} {string.Join(", ", shards)}";
}
