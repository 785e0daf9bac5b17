namespace DqnAkka.Learner;

/// <summary>Sets two networks side by side.</summary>
public static class ShapeDifference
{
    private const int MaximumTensors = 12;

    /// <summary>One row for each parameter that the networks do not have in common.</summary>
    /// <param name="there">The checkpoint's network.</param>
    /// <param name="here">The network that is wanted.</param>
    /// <returns>Name, shape there and shape here (<c>none</c> where it is not), in the order of the first network, then of the second.</returns>
    public static IReadOnlyList<(string Name, string There, string Here)> Rows(NetworkLayout there, NetworkLayout here)
    {
        ArgumentNullException.ThrowIfNull(there);
        ArgumentNullException.ThrowIfNull(here);
        Dictionary<string, string> shapesThere = there.Slots.ToDictionary(slot => slot.Name, ShapeOf);
        Dictionary<string, string> shapesHere = here.Slots.ToDictionary(slot => slot.Name, ShapeOf);
        return
        [
            .. from name in there.Slots.Concat(here.Slots).Select(slot => slot.Name).Distinct()
               let left = shapesThere.GetValueOrDefault(name, "none")
               let right = shapesHere.GetValueOrDefault(name, "none")
               where left != right
               select (name, left, right),
        ];
    }

    /// <summary>What differs, in one line; null where one network's parameters mean the same in the other.</summary>
    /// <param name="there">The checkpoint's network.</param>
    /// <param name="here">The network that is wanted.</param>
    public static string? Describe(NetworkLayout there, NetworkLayout here)
    {
        IReadOnlyList<(string Name, string There, string Here)> rows = Rows(there, here);
        if (rows.Count > 0)
        {
            string more = rows.Count > MaximumTensors ? $"; and {rows.Count - MaximumTensors} more" : "";
            return string.Join("; ", rows.Take(MaximumTensors).Select(row => $"{row.Name} is {row.There} there and {row.Here} here")) + more;
        }

        // Shapes alone do not tell one activation from another, nor what components are.
        return there.Description == here.Description ? null : $"it is {there.Description} there and {here.Description} here";
    }

    private static string ShapeOf(ParameterSlot slot) => string.Join('x', slot.Shape);
}
