namespace DqnAkka.Learner;

/// <summary>
/// The shape of a tree whose nodes have eight children, which for float64 is one cache line. Level 0 groups the leaves: its node k has the
/// leaves 8k to 8k + 7; node k of level l + 1 has the nodes 8k to 8k + 7 of level l. The last level has one node.
/// </summary>
internal static class TreeShape
{
    /// <summary>Children of a node.</summary>
    public const int Width = 8;

    /// <summary>log₂ of <see cref="Width"/>.</summary>
    public const int Shift = 3;

    /// <summary>The most leaves a tree can have, 2²⁹.</summary>
    public const int MaximumCapacity = 1 << 29;

    /// <summary>The number of nodes of each level, those over the leaves first; at least two levels.</summary>
    /// <param name="capacity">Number of leaves, 1 to <see cref="MaximumCapacity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is outside that range.</exception>
    public static int[] NodesPerLevel(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MaximumCapacity);
        List<int> nodes = [GroupsOf(capacity)];
        do
        {
            nodes.Add(GroupsOf(nodes[^1]));
        }
        while (nodes[^1] > 1);
        return [.. nodes];
    }

    /// <summary>How many nodes it takes to have so many children.</summary>
    public static int GroupsOf(int children) => (children + Width - 1) >> Shift;
}
