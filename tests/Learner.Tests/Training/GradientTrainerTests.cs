using DqnAkka.Environments;
using TorchSharp;

namespace DqnAkka.Learner.Tests;

/// <summary>The two halves of a step beside the step.</summary>
public sealed class GradientTrainerTests
{
    private static readonly ObservationFormat Planes = new(ObservationType.Boolean, 400, 1, new PlaneShape(4, 10, 10));

    [Theory]
    [InlineData("simd", "mlp", OptimizerKind.Adam)]
    [InlineData("simd", "dueling", OptimizerKind.RmsProp)]
    [InlineData("simd", "dueling", OptimizerKind.AdaGrad)]
    [InlineData("simd", "minatar", OptimizerKind.Adam)]
    [InlineData("simd", "minatar-dueling", OptimizerKind.RmsProp)]
    [InlineData("torch", "mlp", OptimizerKind.Adam)]
    [InlineData("torch", "dueling", OptimizerKind.RmsProp)]
    [InlineData("torch", "minatar", OptimizerKind.AdaGrad)]
    [InlineData("torch", "nature", OptimizerKind.Adam)]
    [InlineData("torch", "layer-norm", OptimizerKind.Adam)]
    [InlineData("torch", "custom", OptimizerKind.RmsProp)]
    [InlineData("device", "dueling", OptimizerKind.Adam)]
    [InlineData("device", "minatar", OptimizerKind.RmsProp)]
    [InlineData("bfloat16", "dueling", OptimizerKind.AdaGrad)]
    public void Gradient_and_update_are_the_step_bit_by_bit(string backend, string network, OptimizerKind optimizer)
    {
        NetworkLayout layout = Layout(network);
        // Clipping at 0.5 is seen in every step, 0.5 being below the norms here.
        LearnerOptions options = new() { Optimizer = optimizer, MaxGradientNorm = 0.5f, BFloat16 = backend == "bfloat16" };
        float[] parameters = TrainingExamples.Parameters(layout, 1);
        using IGradientTrainer whole = Create(backend, layout, options, parameters);
        using IGradientTrainer halves = Create(backend, layout, options, parameters);
        float[] gradient = new float[layout.Length];
        for (ulong step = 0; step < 12; step++)
        {
            int rows = step % 3 == 0 ? 5 : 16;
            TrainingBatch batch = TrainingExamples.Batch(layout, rows, step, capacity: 16);
            float[] left = new float[rows];
            float[] right = new float[rows];
            if (step == 7)
            {
                batch.Returns[2] = float.NaN;
            }

            TrainingResult expected = whole.Step(batch, 1e-3f, left);
            GradientResult actual = halves.ComputeGradient(batch, gradient, right);
            Assert.Equal(step > 7 ? (long)step - 1 : (long)step, halves.Updates);
            float[] kept = [.. gradient];
            float norm = halves.ApplyGradient(gradient, 1e-3f);
            Assert.Equal(kept, gradient);
            Assert.Equal(left, right);
            Assert.Equal((expected.Loss, expected.MeanAbsoluteTdError, expected.MeanQ), (actual.Loss, actual.MeanAbsoluteTdError, actual.MeanQ));
            Assert.Equal(expected.GradientNorm, norm);
            Assert.Equal(step == 7, expected.IsSkipped);
            whole.BlendTarget(0.3f);
            halves.BlendTarget(0.3f);
        }

        AssertSame(whole.Capture(), halves.Capture());
        Assert.Equal(11, halves.Updates);
        Assert.Equal(whole.Arithmetic, halves.Arithmetic);
    }

    [Theory]
    [InlineData("simd", float.NaN)]
    [InlineData("simd", float.PositiveInfinity)]
    [InlineData("torch", float.PositiveInfinity)]
    [InlineData("device", float.PositiveInfinity)]
    public void The_gradient_of_a_loss_that_is_not_finite_is_not_finite_either_and_is_not_applied(string backend, float value)
    {
        // The derivative of the Huber loss at an infinite error is finite: the loss alone would show it.
        NetworkLayout layout = Layout("dueling");
        using IGradientTrainer trainer = Create(backend, layout, new LearnerOptions(), TrainingExamples.Parameters(layout, 1));
        TrainingBatch batch = TrainingExamples.Batch(layout, 8, 1);
        float[] gradient = new float[layout.Length];
        trainer.ComputeGradient(batch, gradient, new float[8]);
        trainer.ApplyGradient(gradient, 1e-3f);
        TrainerState before = trainer.Capture();
        batch.Returns[3] = value;
        Assert.False(float.IsFinite(trainer.ComputeGradient(batch, gradient, new float[8]).Loss));
        Assert.Contains(gradient, component => !float.IsFinite(component));
        Assert.False(float.IsFinite(trainer.ApplyGradient(gradient, 1e-3f)));
        AssertSame(before, trainer.Capture());
    }

    [Theory]
    [InlineData("simd")]
    [InlineData("torch")]
    [InlineData("device")]
    [InlineData("bfloat16")]
    public void Parameters_and_target_are_replaced_and_the_rest_stays(string backend)
    {
        NetworkLayout layout = Layout("dueling");
        LearnerOptions options = new() { BFloat16 = backend == "bfloat16" };
        using IGradientTrainer trainer = Create(backend, layout, options, TrainingExamples.Parameters(layout, 1));
        TrainingBatch batch = TrainingExamples.Batch(layout, 8, 1);
        trainer.Step(batch, 1e-3f, new float[8]);
        TrainerState before = trainer.Capture();
        float[] online = TrainingExamples.Parameters(layout, 5);
        float[] target = TrainingExamples.Parameters(layout, 6);
        trainer.LoadParameters(online);
        trainer.LoadTarget(target);
        TrainerState loaded = before with { Online = online, Target = target };
        AssertSame(loaded, trainer.Capture());

        // What the next step computes with is what was loaded.
        using IGradientTrainer restored = Create(backend, layout, options, TrainingExamples.Parameters(layout, 1));
        restored.Restore(loaded);
        Assert.Equal(restored.Step(batch, 1e-3f, new float[8]), trainer.Step(batch, 1e-3f, new float[8]));
        Assert.Throws<ArgumentException>(() => trainer.LoadParameters(new float[layout.Length - 1]));
        Assert.Throws<ArgumentException>(() => trainer.LoadTarget(new float[layout.Length + 1]));
        Assert.Throws<ArgumentException>(() => trainer.ApplyGradient(new float[layout.Length - 16], 1e-3f));
        Assert.Throws<ArgumentException>(() => trainer.ComputeGradient(batch, new float[layout.Length - 16], new float[8]));
        Assert.Throws<ArgumentException>(() => trainer.ComputeGradient(batch, new float[layout.Length], new float[7]));
    }

    [Fact]
    public void A_gradient_is_zero_in_the_padding()
    {
        NetworkLayout layout = Layout("mlp");
        using IGradientTrainer trainer = Create("simd", layout, new LearnerOptions(), TrainingExamples.Parameters(layout, 1));
        float[] gradient = [.. Enumerable.Repeat(7f, layout.Length)];
        trainer.ComputeGradient(TrainingExamples.Batch(layout, 8, 1), gradient, new float[8]);
        bool[] isParameter = new bool[layout.Length];
        foreach (ParameterSlot slot in layout.Slots)
        {
            isParameter.AsSpan(slot.Offset, slot.Length).Fill(true);
        }

        Assert.All(gradient.Where((_, i) => !isParameter[i]), component => Assert.Equal(0f, component));
    }

    private static NetworkLayout Layout(string network) => network switch
    {
        "mlp" => new NetworkLayout(4, 3, new NetworkOptions { Hidden = [17, 9] }),
        "dueling" => new NetworkLayout(4, 3, new NetworkOptions { Hidden = [17, 9], Dueling = true, Activation = Activation.Tanh }),
        "layer-norm" => new NetworkLayout(4, 3, new NetworkOptions { Hidden = [17, 9], LayerNorm = true }),
        "minatar" => new NetworkLayout(Planes, 3, new NetworkOptions { Kind = NetworkKind.MinAtar }),
        "minatar-dueling" => new NetworkLayout(Planes, 3, new NetworkOptions { Kind = NetworkKind.MinAtar, Dueling = true }),
        "nature" => new NetworkLayout(new ObservationFormat(ObservationType.Float32, 36 * 36, 1, new PlaneShape(1, 36, 36)), 2, new NetworkOptions { Kind = NetworkKind.Nature, Hidden = [16] }),
        "custom" => new NetworkLayout(4, 3, new NetworkOptions { Kind = NetworkKind.Custom, Type = typeof(FrozenEmbedding).AssemblyQualifiedName! }),
        _ => throw new ArgumentOutOfRangeException(nameof(network), network, null),
    };

    private static IGradientTrainer Create(string backend, NetworkLayout layout, LearnerOptions options, float[] parameters) => backend switch
    {
        "simd" => new SimdTrainer(layout, options, parameters),
        "torch" => new TorchTrainer(layout, options, parameters),
        _ => new DeviceTrainer(layout, options, parameters, torch.CPU),
    };

    private static void AssertSame(TrainerState expected, TrainerState actual)
    {
        Assert.Equal(expected.Updates, actual.Updates);
        Assert.Equal(expected.Online, actual.Online);
        Assert.Equal(expected.Target, actual.Target);
        Assert.Equal(expected.FirstMoments, actual.FirstMoments);
        Assert.Equal(expected.SecondMoments, actual.SecondMoments);
    }
}
