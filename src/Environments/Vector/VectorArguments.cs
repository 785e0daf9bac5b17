namespace DqnAkka.Environments;

/// <summary>Checks what the caller of a vector environment hands in, before any copy moves.</summary>
internal static class VectorArguments
{
    public static void RequireBegun(bool begun)
    {
        if (!begun)
        {
            throw new InvalidOperationException("a vector environment is reset before its first step: call Reset");
        }
    }

    public static void RequireLength(int length, int needed, string name)
    {
        if (length < needed)
        {
            throw new ArgumentException($"{name} has {length} elements where {needed} are needed", name);
        }
    }

    public static void RequireStepArguments(
        int count,
        int observationSize,
        int actionCount,
        ReadOnlySpan<int> actions,
        Span<float> observations,
        Span<double> rewards,
        Span<bool> terminated,
        Span<bool> truncated,
        Span<float> finalObservations)
    {
        RequireLength(actions.Length, count, nameof(actions));
        RequireLength(observations.Length, count * observationSize, nameof(observations));
        RequireLength(rewards.Length, count, nameof(rewards));
        RequireLength(terminated.Length, count, nameof(terminated));
        RequireLength(truncated.Length, count, nameof(truncated));
        RequireLength(finalObservations.Length, count * observationSize, nameof(finalObservations));
        int wrong = actions[..count].IndexOfAnyExceptInRange(0, actionCount - 1);
        if (wrong >= 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(actions), actions[wrong], $"action of copy {wrong} is outside 0 to {actionCount - 1}");
        }
    }
}
