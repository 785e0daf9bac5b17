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
/// <param name="replay">The whole buffer.</param>
internal sealed class ShardChecks(int shard, NetworkLayout layout, ReplayOptions replay)
{
    /// <summary>Most batches in one request, as <c>dqn.learner.batches-per-request</c> allows.</summary>
    public const int MaxBatches = 1_024;

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

        int action = batch.Actions.AsSpan().IndexOfAnyExceptInRange(0, layout.ActionCount - 1);
        return action >= 0 ? $"{batch.Actions[action]} as an action, outside 0 to {layout.ActionCount - 1}: all nodes must use the same environment"
            : Find("the return", batch.Returns)
            ?? FindBadDiscount(batch.Discounts)
            ?? FindInObservations(batch)
            ?? FindBadError(batch.AbsoluteTdErrors);
    }

    /// <summary>What is wrong with a request for samples: one line, or null.</summary>
    public string? Fault(ReplayProtocol.SampleRequest request)
    {
        if (request.Shard != shard)
        {
            return $"sample request {request.Request} is meant for shard {request.Shard}";
        }

        if (request.Counts.Count > MaxBatches)
        {
            return $"sample request {request.Request} asks for {request.Counts.Count} batches, more than {MaxBatches}";
        }

        long rows = 0;
        foreach (int count in request.Counts)
        {
            // No learner has batches that the whole buffer does not fill.
            if (count < 0 || count > replay.Capacity)
            {
                return $"sample request {request.Request} asks for a batch of {count} transitions; dqn.replay.capacity = {replay.Capacity}";
            }

            rows += count;
        }

        long bytes = rows * SampledBytesPerRow(layout.Observation);
        return bytes > Array.MaxLength ? $"sample request {request.Request} asks for {rows} transitions, {bytes} bytes, more than one reply can hold" : null;
    }

    /// <summary>What is wrong with new priorities: one line, or null.</summary>
    public string? Fault(ReplayProtocol.UpdatePriorities update) =>
        update.Keys.Length != update.AbsoluteTdErrors.Length ? $"{update.Keys.Length} priorities come with {update.AbsoluteTdErrors.Length} values of |δ|"
        : FindBadError(update.AbsoluteTdErrors) is { } fault ? $"new priorities have {fault}"
        : null;

    /// <summary>Bytes of one sampled transition: both observations, action, return, discount, key and mass.</summary>
    public static long SampledBytesPerRow(ObservationFormat format) => (2L * format.Bytes) + (3 * sizeof(float)) + sizeof(long) + sizeof(double);

    private static string? Find(string what, ReadOnlySpan<float> values) =>
        HasNoNumber(values) && IndexOfNoNumber(values) is var row ? $"{values[row]} as {what} of transition {row} of {values.Length}" : null;

    private static string? FindBadDiscount(ReadOnlySpan<float> discounts)
    {
        int row = discounts.IndexOfAnyExceptInRange(0f, 1f);
        return row >= 0 ? $"{discounts[row]} as the discount of transition {row} of {discounts.Length}, outside 0 to 1" : null;
    }

    private static string? FindInObservations(TransitionBatch batch)
    {
        // Frames are looked at once each, however many transitions have them.
        if (batch.Format.Type != ObservationType.Float32 || !HasNoNumber(MemoryMarshal.Cast<byte, float>(batch.Frames)))
        {
            return null;
        }

        for (int row = 0; row < batch.Count; row++)
        {
            ReadOnlySpan<float> observation = MemoryMarshal.Cast<byte, float>(batch.Observation(row));
            ReadOnlySpan<float> next = MemoryMarshal.Cast<byte, float>(batch.NextObservation(row));
            int component = IndexOfNoNumber(observation);
            if (component >= 0)
            {
                return $"{observation[component]} as component {component} of the observation of transition {row} of {batch.Count}";
            }

            component = IndexOfNoNumber(next);
            if (component >= 0)
            {
                return $"{next[component]} as component {component} of the next observation of transition {row} of {batch.Count}";
            }
        }

        return "a frame that is no part of its transitions and holds no finite numbers";
    }

    private string? FindBadError(ReadOnlySpan<float> errors)
    {
        for (int row = 0; replay.Prioritized && row < errors.Length; row++)
        {
            if (!(errors[row] >= 0 && float.IsFinite(errors[row])))
            {
                return $"{errors[row]} as |δ| of transition {row} of {errors.Length}, which is no priority";
            }
        }

        return null;
    }

    private static int IndexOfNoNumber(ReadOnlySpan<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return i;
            }
        }

        return -1;
    }

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
}
