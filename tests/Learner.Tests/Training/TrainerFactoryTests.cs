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
    [InlineData(ComputeBackend.Auto, "gpu", "dqn.learner.device = gpu is not a device: use auto, cpu, cuda or cuda:N")]
    [InlineData(ComputeBackend.Torch, "cuda:x", "dqn.learner.device = cuda:x is not a device: use auto, cpu, cuda or cuda:N")]
    public void A_device_that_cannot_be_used_is_one_clear_line(ComputeBackend backend, string device, string message)
    {
        LearnerOptions options = new() { Backend = backend, Device = device };
        LearnerException exception = Assert.Throws<LearnerException>(() => TrainerFactory.Create(Layout, options, new float[Layout.Length]));
        Assert.Equal(message, exception.Message);
    }

    [Theory]
    [InlineData("cuda", 0, false, "dqn.learner.device = cuda is not there: there is only cpu, this build has the libtorch of the CPU (build with -p:TorchBackend=cuda on a machine with an NVIDIA GPU)")]
    [InlineData("cuda:1", 0, true, "dqn.learner.device = cuda:1 is not there: there is only cpu, libtorch finds no CUDA device")]
    [InlineData("cuda:2", 2, true, "dqn.learner.device = cuda:2 is not there: there are cpu and cuda:0, cuda:1")]
    public void A_device_that_is_not_there_is_one_line_with_those_that_are(string device, int devices, bool hasLibrary, string message)
    {
        LearnerOptions options = new() { Device = device };
        LearnerException exception = Assert.Throws<LearnerException>(() => DeviceChoice.Choose(Layout, options, new Machine(hasLibrary, devices)));
        Assert.Equal(message, exception.Message);
    }

    [Theory]
    [InlineData(false, 0, ComputeBackend.Auto, 64, "learner device cpu: no CUDA device was looked for, since this build has the libtorch of the CPU")]
    [InlineData(true, 0, ComputeBackend.Auto, 64, "learner device cpu: this build has the libtorch of CUDA, which finds no device")]
    [InlineData(true, 1, ComputeBackend.Simd, 64, "learner device cpu: dqn.learner.backend = simd computes there")]
    [InlineData(true, 1, ComputeBackend.Auto, 64, "learner device cpu: cuda:0 could be used, but a step of 4-8-2 relu on 64 rows is shorter than its way to a GPU")]
    [InlineData(true, 1, ComputeBackend.Auto, 1_000_000, "learner device cuda:0: found cuda:0")]
    [InlineData(true, 2, ComputeBackend.Torch, 64, "learner device cuda:0: found cuda:0, cuda:1 and took the first")]
    public void Auto_says_what_it_found_and_why_it_chose_it(bool hasLibrary, int devices, ComputeBackend backend, int rows, string line)
    {
        LearnerOptions options = new() { Backend = backend, BatchSize = rows };
        Assert.Equal(line, DeviceChoice.Choose(Layout, options, new Machine(hasLibrary, devices)).ToString());
    }

    [Fact]
    public void A_build_without_CUDA_is_not_asked_for_devices()
    {
        Assert.True(DeviceChoice.Choose(Layout, new LearnerOptions(), new Machine(false, -1)).IsCpu);
        Assert.True(DeviceChoice.Choose(Layout, new LearnerOptions { Device = "cpu" }, new Machine(true, -1)).IsCpu);
    }

    [Fact]
    public void The_kernels_do_not_compute_in_bfloat16()
    {
        LearnerOptions options = new() { Backend = ComputeBackend.Simd, BFloat16 = true };
        LearnerException exception = Assert.Throws<LearnerException>(() => TrainerFactory.Create(Layout, options, new float[Layout.Length]));
        Assert.Equal("dqn.learner.backend = simd computes in float32 only, and dqn.learner.bfloat16 = true: set the backend to torch or leave bfloat16", exception.Message);
    }

    [Theory]
    [InlineData(ComputeBackend.Auto, "cpu, cpu", "learner devices cpu, cpu: dqn.learner.devices says so")]
    [InlineData(ComputeBackend.Auto, "cuda, cuda:1", "learner devices cuda:0, cuda:1: dqn.learner.devices says so")]
    [InlineData(ComputeBackend.Torch, "cuda:1", "learner device cuda:1: dqn.learner.devices says so")]
    public void Several_devices_are_all_named(ComputeBackend backend, string devices, string line)
    {
        LearnerOptions options = new() { Mode = LearnerMode.DataParallel, Backend = backend, Devices = devices.Split(", "), Device = "gpu" };
        DeviceChoice choice = DeviceChoice.Choose(Layout, options, new Machine(true, 2));
        Assert.Equal(line, choice.ToString());
        Assert.Equal(devices == "cpu, cpu", choice.IsCpu);
    }

    [Theory]
    [InlineData(ComputeBackend.Auto, 64, "cpu, cuda:3", "dqn.learner.devices[1] = cuda:3 is not there: there are cpu and cuda:0, cuda:1")]
    [InlineData(ComputeBackend.Auto, 64, "cpu, auto", "dqn.learner.devices[1] = auto is not a device: use cpu, cuda or cuda:N")]
    [InlineData(ComputeBackend.Simd, 64, "cuda:0, cpu", "dqn.learner.backend = simd computes on the CPU only, and dqn.learner.devices[0] = cuda:0: set the backend to torch or the device to cpu")]
    [InlineData(ComputeBackend.Torch, 64, "cpu, cuda", "dqn.learner.devices = [cpu, cuda:0] mixes devices that round differently, and replicas have to stay equal bit by bit: name only cpu or only CUDA devices")]
    [InlineData(ComputeBackend.Auto, 2, "cpu, cpu, cpu", "dqn.learner.devices names 3 devices and dqn.learner.batch-size = 2: each device takes at least one row of a batch, so name fewer devices or take larger batches")]
    public void Devices_that_cannot_learn_together_are_one_clear_line(ComputeBackend backend, int rows, string devices, string message)
    {
        LearnerOptions options = new() { Mode = LearnerMode.DataParallel, Backend = backend, BatchSize = rows, Devices = devices.Split(", ") };
        LearnerException exception = Assert.Throws<LearnerException>(() => DeviceChoice.Choose(Layout, options, new Machine(true, 2)));
        Assert.Equal(message, exception.Message);
    }

    [Fact]
    public void Each_device_gets_a_replica_and_one_device_needs_none_beside_it()
    {
        LearnerOptions options = new() { Mode = LearnerMode.DataParallel, Devices = ["cpu", "cpu", "cpu"] };
        using ITrainer three = TrainerFactory.Create(Layout, options, new float[Layout.Length]);
        using ITrainer one = TrainerFactory.Create(Layout, options with { Devices = ["cpu"] }, new float[Layout.Length]);
        using ITrainer none = TrainerFactory.Create(Layout, options with { Devices = [] }, new float[Layout.Length]);
        using ITrainer otherMode = TrainerFactory.Create(Layout, options with { Mode = LearnerMode.Single }, new float[Layout.Length]);
        Assert.Equal(3, Assert.IsType<DataParallelTrainer>(three).Replicas);
        Assert.IsType<SimdTrainer>(one);
        Assert.IsType<SimdTrainer>(none);
        Assert.IsType<SimdTrainer>(otherMode);
    }

    /// <summary>A machine with that many CUDA devices; −1 where nobody may ask.</summary>
    private sealed class Machine(bool hasLibrary, int devices) : CudaSupport
    {
        public override bool HasLibrary => hasLibrary;

        public override int CountDevices()
        {
            Assert.NotEqual(-1, devices);
            return devices;
        }
    }
}
