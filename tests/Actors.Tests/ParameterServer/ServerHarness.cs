using System.Runtime.InteropServices;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Vectors and their pieces, for tests of ranges.</summary>
internal static class ServerHarness
{
    public static float[] Vector(int length, ulong seed, float scale = 1)
    {
        RandomSource random = new(seed, 0);
        return [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() - 0.5) * scale))];
    }

    /// <summary>A gradient that is zero in the padding.</summary>
    public static float[] Gradient(NetworkLayout layout, ulong seed)
    {
        float[] values = Vector(layout.Length, seed);
        float[] gradient = new float[values.Length];
        foreach (ParameterSlot slot in layout.Slots)
        {
            values.AsSpan(slot.Offset, slot.Length).CopyTo(gradient.AsSpan(slot.Offset));
        }

        return gradient;
    }

    /// <summary>What a checkpoint of a captured state loads.</summary>
    public static CheckpointContent Checkpoint(NetworkLayout layout, RunProtocol.LearnerCapture capture) => new()
    {
        Created = DateTimeOffset.UnixEpoch,
        EnvironmentName = "scripted",
        Seed = 1,
        Layout = layout,
        Policy = capture.Snapshot.Parameters,
        Learner = capture.Trainer,
        Counters = capture.Counters,
        RandomStates = capture.RandomStates,
    };

    public static byte[] Bytes(ReadOnlySpan<float> values) => MemoryMarshal.AsBytes(values).ToArray();

    public static float[] Floats(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes).ToArray();

    public static IEnumerable<(int Offset, byte[] Bytes)> Pieces(byte[] whole)
    {
        for (int offset = 0; offset < whole.Length; offset += ChunkWindow.ChunkBytes)
        {
            yield return (offset, whole[offset..Math.Min(whole.Length, offset + ChunkWindow.ChunkBytes)]);
        }
    }

    public static IEnumerable<ParameterServerProtocol.LoadState> LoadState(ParameterRange range, long epoch, TrainerState state, long targetVersion = 0)
    {
        float[] values = new float[RangeOptimizer.StateVectors * range.Length];
        RangeState.Extract(state, range, values);
        return Pieces(Bytes(values)).Select(piece => new ParameterServerProtocol.LoadState(
            range.Index, epoch, state.Updates, targetVersion, range.Length, piece.Offset, piece.Bytes));
    }

    public static IEnumerable<ParameterServerProtocol.PushGradient> Push(
        ParameterRange range, long epoch, int worker, long push, float[] gradient, long targetVersion = 0)
    {
        byte[] bytes = Bytes(gradient.AsSpan(range.Offset, range.Length));
        return Pieces(bytes).Select(piece => new ParameterServerProtocol.PushGradient(
            range.Index, epoch, worker, push, targetVersion, GradientCompression.None, bytes.Length, piece.Offset, piece.Bytes));
    }

    public static ParameterServerProtocol.ApplyGradients Apply(
        ParameterRange range, long epoch, long version, float learningRate, float tau, params (int Worker, long Push, float Scale)[] shares) => new(
        range.Index,
        epoch,
        version,
        [.. shares.Select(share => new ParameterServerProtocol.GradientShare(share.Worker, share.Push, share.Scale))],
        learningRate,
        tau);
}
