using System.Numerics;
using System.Runtime.InteropServices;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// What the codec cannot know of a message to a shard. One that does not fit is passed over: an exception would restart the shard, and
/// what it holds would be lost with one bad message.
/// </summary>
/// <param name="shard">The shard's index.</param>
/// <param name="layout">The network's shape.</param>
/// <param name="isPrioritized">Whether priorities count.</param>
internal sealed class ShardChecks(int shard, NetworkLayout layout, bool isPrioritized)
{
    /// <summary>What is wrong with a fragment: one line, or null.</summary>
    public string? Fault(ReplayProtocol.Insert insert) =>
        insert.Shard != shard ? $"a fragment of runner {insert.Runner} is meant for shard {insert.Shard}"
        : insert.Sequence < 1 || insert.EnvironmentSteps < 0 ? $"a fragment of runner {insert.Runner} has the number {insert.Sequence} and {insert.EnvironmentSteps} steps"
        : Fault(insert.Batch) is { } fault ? $"a fragment of runner {insert.Runner} has {fault}"
        : null;

    /// <summary>What is wrong with transitions: words that complete "has …", or null.</summary>
    public string? Fault(TransitionBatch batch)
    {
        if (batch.Format != layout.Observation)
        {
            return $"observations of {batch.Format}, where {layout.Observation} are expected: all nodes must use the same environment";
        }

        if (batch.Actions.AsSpan().ContainsAnyExceptInRange(0, layout.ActionCount - 1))
        {
            return $"an action outside 0 to {layout.ActionCount - 1}: all nodes must use the same environment";
        }

        return HasNoNumber(batch.Returns) ? "a return that is no finite number"
            : HasNoNumber(batch.Discounts) ? "a discount that is no finite number"
            : batch.Format.Type == ObservationType.Float32 && HasNoNumber(MemoryMarshal.Cast<byte, float>(batch.Frames)) ? "an observation with a component that is no finite number"
            : HasBadError(batch.AbsoluteTdErrors) ? "a |δ| that is no priority"
            : null;
    }

    /// <summary>What is wrong with a request for samples: one line, or null.</summary>
    public string? Fault(ReplayProtocol.SampleRequest request)
    {
        long rows = 0;
        foreach (int count in request.Counts)
        {
            if (count < 0)
            {
                return $"sample request {request.Request} asks for {count} transitions";
            }

            rows += count;
        }

        long bytes = rows * layout.Observation.Bytes;
        return request.Shard != shard ? $"sample request {request.Request} is meant for shard {request.Shard}"
            : bytes > Array.MaxLength ? $"sample request {request.Request} asks for {rows} transitions, more than one reply can hold"
            : null;
    }

    /// <summary>What is wrong with new priorities: one line, or null.</summary>
    public string? Fault(ReplayProtocol.UpdatePriorities update) =>
        update.Keys.Length != update.AbsoluteTdErrors.Length ? $"{update.Keys.Length} priorities come with {update.AbsoluteTdErrors.Length} values of |δ|"
        : HasBadError(update.AbsoluteTdErrors) ? "a new |δ| is no priority"
        : null;

    // x · 0 is 0 for every finite x, and NaN otherwise.
    private static bool HasNoNumber(ReadOnlySpan<float> values)
    {
        Vector<float> products = Vector<float>.Zero;
        int i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            products += new Vector<float>(values[i..]) * Vector<float>.Zero;
        }

        float product = Vector.Sum(products);
        for (; i < values.Length; i++)
        {
            product += values[i] * 0f;
        }

        return float.IsNaN(product);
    }

    private bool HasBadError(float[] errors)
    {
        if (!isPrioritized)
        {
            return false;
        }

        foreach (float error in errors)
        {
            if (!(error >= 0 && float.IsFinite(error)))
            {
                return true;
            }
        }

        return false;
    }
}
