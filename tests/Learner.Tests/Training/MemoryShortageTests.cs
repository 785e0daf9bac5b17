using System.Runtime.InteropServices;
using DqnAkka.Environments;
using TorchSharp;

namespace DqnAkka.Learner.Tests;

public sealed class MemoryShortageTests
{
    [Fact]
    public void What_libtorchs_allocator_says_is_one_line_with_batch_network_and_device()
    {
        NetworkLayout layout = new(4, 2, new NetworkOptions { Hidden = [64, 64] });
        ExternalException exception = Assert.ThrowsAny<ExternalException>(() => torch.empty(1L << 58, torch.ScalarType.Byte, torch.CPU));
        Assert.True(MemoryShortage.IsCause(exception), exception.Message);
        Assert.True(MemoryShortage.IsCause(new InvalidOperationException("x", exception)));
        LearnerException told = MemoryShortage.Describe(layout, new LearnerOptions { BatchSize = 512 }, "cuda:0", exception);
        Assert.True(told.IsFinal);
        Assert.Equal(
            "out of memory on cuda:0: a batch of 512 rows and the network 4-64-64-2 relu of 4610 parameters do not fit: lower dqn.learner.batch-size or the network's size",
            told.Message);
    }

    [Fact]
    public void A_batch_that_no_buffer_holds_is_want_of_memory_and_no_wrapped_size()
    {
        PlaneShape shape = new(4, 84, 84);
        NetworkOptions options = new() { Kind = NetworkKind.MinAtar };
        NetworkLayout layout = new(new ObservationFormat(ObservationType.UInt8, (int)shape.Size, shape: shape), 6, options);
        HiddenActivations activations = new(new PackedLayout(layout));
        // In 32 bits the features' size would come out as a few megabytes.
        RequireShortage(() => activations.EnsureCapacity(39_917));
        RequireShortage(() => _ = new TrainingBatch(40_000, layout.ObservationSize));
        RequireShortage(() => new TorchBatch(40_000, layout.ObservationSize, holdsBytes: false, isPinned: false).Dispose());

        static void RequireShortage(Action allocate) => Assert.True(MemoryShortage.IsCause(Assert.ThrowsAny<Exception>(allocate)));
    }

    [Fact]
    public void Other_errors_are_not_taken_for_it()
    {
        using torch.Tensor two = torch.ones(2);
        using torch.Tensor three = torch.ones(3);
        ExternalException exception = Assert.ThrowsAny<ExternalException>(() => two + three);
        Assert.False(MemoryShortage.IsCause(exception));
        Assert.False(MemoryShortage.IsCause(new InvalidOperationException("the queue is out of order", exception)));
        Assert.False(MemoryShortage.IsCause(null));
    }
}
