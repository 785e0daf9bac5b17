using System.Diagnostics.CodeAnalysis;

namespace DqnAkka.Environments;

/// <summary>Checks what the caller of a vector environment hands in, before any copy moves.</summary>
internal static class VectorArguments
{
    public static void RequireBegun(bool begun)
    {
        if (!begun)
        {
            ThrowNotBegun();
        }
    }

    public static void RequireLength(int length, int needed, string name)
    {
        if (length < needed)
        {
            ThrowTooShort(length, needed, name);
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
            ThrowOutside(actions[wrong], wrong, actionCount);
        }
    }

    // The throws stand apart, so that the checks are small enough to be compiled into the caller.
    [DoesNotReturn]
    private static void ThrowNotBegun() =>
        throw new InvalidOperationException("a vector environment is reset before its first step: call Reset");

    [DoesNotReturn]
    private static void ThrowTooShort(int length, int needed, string name) =>
        throw new ArgumentException($"{name} has {length} elements where {needed} are needed", name);

    [DoesNotReturn]
    private static void ThrowOutside(int action, int copy, int actionCount) =>
        throw new ArgumentOutOfRangeException(nameof(action), action, $"the action of copy {copy} is outside 0 to {actionCount - 1}");
}
