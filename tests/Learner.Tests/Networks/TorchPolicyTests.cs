using CsCheck;
using DqnAkka.Environments;
using TorchSharp;

namespace DqnAkka.Learner.Tests;

public sealed class TorchPolicyTests
{
    [Fact]
    public void Libtorch_and_the_vectorised_kernels_give_the_same_values_on_random_networks()
    {
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 130].Array[1, 3], Gen.Int[1, 18], Gen.Int[1, 70], Gen.Bool, Gen.Bool).Sample(
            (observationSize, hidden, actions, count, isDueling, isTanh) =>
            {
                NetworkOptions options = new() { Hidden = hidden, Dueling = isDueling, Activation = isTanh ? Activation.Tanh : Activation.Relu };
                RequireAgreement(new NetworkLayout(observationSize, actions, options), count);
            },
            seed: "0N0XIzNsQ0O2",
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void Batches_of_changing_size_share_one_input_and_leave_nothing_behind()
    {
        NetworkLayout layout = new(4, 3, new NetworkOptions { Dueling = true });
        using PolicyNetwork network = new(layout, ComputeBackend.Torch);
        network.Load(TrainingExamples.Parameters(layout, 1));
        float[] observations = TrainingExamples.Batch(layout, 64, 6).Observations.ToArray();
        float[] all = new float[64 * 3];
        network.Forward(observations, 64, all);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        foreach (int count in (int[])[1, 64, 0, 7, 63, 64])
        {
            float[] some = new float[count * 3];
            network.Forward(observations, count, some);
            Assert.True(TrainingExamples.LargestDifference(all.AsSpan(0, some.Length), some) < 1e-6);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void The_first_of_equal_values_is_chosen()
    {
        NetworkLayout layout = new(2, 5, new NetworkOptions());
        foreach (ComputeBackend backend in (ComputeBackend[])[ComputeBackend.Torch, ComputeBackend.Simd])
        {
            using PolicyNetwork network = new(layout, backend);
            int[] actions = [9, 9];
            network.GreedyActions([1, 2, 3, 4], 2, actions);
            Assert.Equal([0, 0], actions);
        }
    }

    [Fact]
    public void Whichever_thread_calls_gets_one_thread_of_libtorch()
    {
        NetworkLayout layout = new(2, 2, new NetworkOptions());
        using PolicyNetwork network = new(layout, ComputeBackend.Torch);
        int threads = 0;
        Thread caller = new(() =>
        {
            network.Forward([1, 2], 1, new float[2]);
            threads = torch.get_num_threads();
        });
        caller.Start();
        caller.Join();
        Assert.Equal(1, threads);
    }

    [Fact]
    public void A_network_without_kernels_acts_on_libtorch_and_is_refused_where_the_kernels_are_asked_for()
    {
        ObservationFormat images = new(ObservationType.UInt8, 4 * 36 * 36, shape: new PlaneShape(4, 36, 36));
        NetworkLayout layout = new(images, 3, new NetworkOptions { LayerNorm = true });
        using PolicyNetwork network = new(layout);
        network.Load(TrainingExamples.Parameters(layout, 1));
        int[] actions = new int[2];
        network.GreedyActions(new float[2 * images.Size], 2, actions);
        LearnerException exception = Assert.Throws<LearnerException>(() => new PolicyNetwork(layout, ComputeBackend.Simd));
        Assert.Equal("dqn.runner.backend = simd has no kernels for the network nature 4x36x36-3 relu layer-norm: set it to torch or auto", exception.Message);
    }

    private static void RequireAgreement(NetworkLayout layout, int count)
    {
        float[] parameters = TrainingExamples.Parameters(layout, 5);
        float[] observations = TrainingExamples.Batch(layout, count, 6).Observations.ToArray();
        float[] expected = Values(layout, ComputeBackend.Torch, parameters, observations, count);
        float[] actual = Values(layout, ComputeBackend.Simd, parameters, observations, count);
        float largest = expected.Max(MathF.Abs);
        Assert.True(TrainingExamples.LargestDifference(expected, actual) <= 1e-5 * MathF.Max(1, largest));
    }

    private static float[] Values(NetworkLayout layout, ComputeBackend backend, float[] parameters, float[] observations, int count)
    {
        using PolicyNetwork network = new(layout, backend);
        network.Load(parameters);
        float[] values = new float[count * layout.ActionCount];
        network.Forward(observations, count, values);
        return values;
    }
}
