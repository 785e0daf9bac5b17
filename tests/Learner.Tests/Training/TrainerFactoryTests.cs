namespace DqnAkka.Learner.Tests;

public sealed class TrainerFactoryTests
{
    private static readonly NetworkLayout Layout = new(4, 2, new NetworkOptions { Hidden = [8] });

    [Theory]
    [InlineData(ComputeBackend.Auto, typeof(SimdTrainer))]
    [InlineData(ComputeBackend.Simd, typeof(SimdTrainer))]
    [InlineData(ComputeBackend.Torch, typeof(TorchTrainer))]
    public void The_backend_is_the_one_named_and_SIMD_by_default(ComputeBackend backend, Type type)
    {
        using ITrainer trainer = TrainerFactory.Create(Layout, new LearnerOptions { Backend = backend }, new float[Layout.Length]);
        Assert.IsType(type, trainer);
        Assert.Same(Layout, trainer.Layout);
    }

    [Theory]
    [InlineData(ComputeBackend.Simd, "cuda", "dqn.learner.backend = simd computes on the CPU only, and dqn.learner.device = cuda: set the backend to torch or the device to cpu")]
    [InlineData(ComputeBackend.Auto, "gpu", "dqn.learner.device = gpu is not a device: use cpu, cuda or cuda:N")]
    [InlineData(ComputeBackend.Torch, "cuda:x", "dqn.learner.device = cuda:x is not a device: use cpu, cuda or cuda:N")]
    public void A_device_that_cannot_be_used_is_one_clear_line(ComputeBackend backend, string device, string message)
    {
        LearnerOptions options = new() { Backend = backend, Device = device };
        LearnerException exception = Assert.Throws<LearnerException>(() => TrainerFactory.Create(Layout, options, new float[Layout.Length]));
        Assert.Equal(message, exception.Message);
    }

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:99")]
    public void A_device_that_is_not_there_is_one_clear_line_with_the_remedy(string device)
    {
        LearnerOptions options = new() { Device = device };
        bool hasCuda = device == "cuda" && TorchSharp.torch.cuda.is_available();
        Assert.SkipWhen(hasCuda, "this machine has the device");
        LearnerException exception = Assert.Throws<LearnerException>(() => TrainerFactory.Create(Layout, options, new float[Layout.Length]));
        Assert.StartsWith($"dqn.learner.device = {device} is not ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
