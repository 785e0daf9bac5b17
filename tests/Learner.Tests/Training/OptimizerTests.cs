using DqnAkka.Environments;
using TorchSharp;

namespace DqnAkka.Learner.Tests;

public sealed class OptimizerTests
{
    [Fact]
    public void Adam_takes_the_two_steps_worked_out_by_hand()
    {
        // β₁ = β₂ = 0.5, ε = 1, η = 1. Step 1, g = 2: m = 1, v = 2; m̂ = 2, v̂ = 4; change 2/(2 + 1) = 2/3.
        // Step 2, g = −1: m = 0.5 − 0.5 = 0, v = 1 + 0.5 = 1.5; change 0.
        // Step 3, g = 3: m = 1.5, v = 0.75 + 4.5 = 5.25; m̂ = 1.5/0.875, v̂ = 5.25/0.875 = 6; change (12/7)/(√6 + 1).
        Vectors vectors = new(1f);
        AdamOptimizer adam = new(0.5f, 0.5f, 1f);
        vectors.Step(adam, 2f, 1f, 1);
        Assert.Equal(1.0 - (2.0 / 3), vectors.Parameter, 1e-6);
        vectors.Step(adam, -1f, 1f, 2);
        Assert.Equal(1.0 - (2.0 / 3), vectors.Parameter, 1e-6);
        vectors.Step(adam, 3f, 1f, 3);
        Assert.Equal(1.0 - (2.0 / 3) - (12.0 / 7 / (Math.Sqrt(6) + 1)), vectors.Parameter, 1e-6);
    }

    [Fact]
    public void Plain_RMSProp_takes_the_two_steps_worked_out_by_hand()
    {
        // α = 0.75, ε = 1, η = 0.5. Step 1, g = 2: v = 0.25·4 = 1; change 0.5·2/(1 + 1) = 0.5.
        // Step 2, g = 1: v = 0.75 + 0.25 = 1; change 0.5·1/2 = 0.25.
        Vectors vectors = new(1f);
        RmsPropOptimizer optimizer = new(0.75f, 1f, isCentered: false);
        vectors.Step(optimizer, 2f, 0.5f, 1);
        Assert.Equal(0.5, vectors.Parameter, 1e-6);
        vectors.Step(optimizer, 1f, 0.5f, 2);
        Assert.Equal(0.25, vectors.Parameter, 1e-6);
    }

    [Fact]
    public void Centred_RMSProp_divides_by_the_spread()
    {
        // α = 0.5, ε = 1, η = 1. Step 1, g = 4: v = 8, m = 2, v − m² = 4; change 4/(2 + 1).
        // Step 2, g = 2: v = 4 + 2 = 6, m = 1 + 1 = 2, v − m² = 2; change 2/(√2 + 1).
        Vectors vectors = new(0f);
        RmsPropOptimizer optimizer = new(0.5f, 1f, isCentered: true);
        vectors.Step(optimizer, 4f, 1f, 1);
        Assert.Equal(-4.0 / 3, vectors.Parameter, 1e-6);
        vectors.Step(optimizer, 2f, 1f, 2);
        Assert.Equal((-4.0 / 3) - (2 / (Math.Sqrt(2) + 1)), vectors.Parameter, 1e-6);
    }

    [Fact]
    public void AdaGrad_takes_the_three_steps_worked_out_by_hand()
    {
        // ε = 1, η = 0.5. Step 1, g = 3: v = 9; change 0.5·3/(3 + 1) = 0.375. Step 2, g = −4: v = 25; change 0.5·(−4)/(5 + 1) = −1/3.
        // Step 3, g = 12: v = 169; change 0.5·12/(13 + 1) = 3/7.
        Vectors vectors = new(1f);
        AdaGradOptimizer optimizer = new(1f);
        vectors.Step(optimizer, 3f, 0.5f, 1);
        Assert.Equal(0.625, vectors.Parameter, 1e-6);
        vectors.Step(optimizer, -4f, 0.5f, 2);
        Assert.Equal(0.625 + (1.0 / 3), vectors.Parameter, 1e-6);
        vectors.Step(optimizer, 12f, 0.5f, 3);
        Assert.Equal(0.625 + (1.0 / 3) - (3.0 / 7), vectors.Parameter, 1e-6);
    }

    [Fact]
    public void AdaGrad_follows_that_of_torch()
    {
        LearnerOptions options = new() { Optimizer = OptimizerKind.AdaGrad };
        IFlatOptimizer optimizer = FlatOptimizers.Create(options);
        RandomSource random = new(9);
        float[] parameters = [.. Enumerable.Range(0, 32).Select(_ => (float)random.NextUniform(-1, 1))];
        float[] second = new float[32];
        using TorchSharp.Modules.Parameter theirs = torch.nn.Parameter(torch.tensor(parameters));
        using torch.optim.Optimizer reference = torch.optim.Adagrad([theirs], 1e-2);
        for (int update = 1; update <= 100; update++)
        {
            float[] gradients = [.. Enumerable.Range(0, 32).Select(_ => (float)random.NextUniform(-1, 1))];
            theirs.grad = torch.tensor(gradients);
            reference.step();
            optimizer.Step(parameters, gradients, new float[32], second, 1f, 1e-2f, update);
        }

        Assert.True(TrainingExamples.LargestDifference(parameters, theirs.data<float>().ToArray()) < 1e-6);
    }

    [Fact]
    public void A_constant_gradient_never_makes_centred_RMSProp_take_the_root_of_a_negative_number()
    {
        Vectors vectors = new(0f);
        RmsPropOptimizer optimizer = new(0.9f, 0.01f, isCentered: true);
        for (int update = 1; update <= 2_000; update++)
        {
            vectors.Step(optimizer, 0.1f, 1e-3f, update);
        }

        Assert.True(float.IsFinite(vectors.Parameter));
    }

    [Theory]
    [InlineData(10f, 1f)] // below the maximum nothing changes
    [InlineData(1f, 1f / (5f + 1e-6f))]
    [InlineData(0f, 1f)]
    public void Clipping_scales_a_norm_of_five_down_to_the_maximum(float maximum, float scale)
    {
        float[] gradients = new float[32];
        gradients[3] = 3f;
        gradients[20] = -4f;
        float norm = GradientNorm.Compute(gradients);
        Assert.Equal(5f, norm);
        Assert.Equal(scale, GradientNorm.ClipScale(norm, maximum));
        Assert.Throws<ArgumentException>(() => GradientNorm.Compute(new float[24]));
    }

    [Theory]
    [InlineData(OptimizerKind.Adam, true)]
    [InlineData(OptimizerKind.RmsProp, true)]
    [InlineData(OptimizerKind.RmsProp, false)]
    [InlineData(OptimizerKind.AdaGrad, false)]
    public void Tensor_operations_take_the_same_steps_as_the_SIMD_pass(OptimizerKind kind, bool isCentered)
    {
        LearnerOptions options = new() { Optimizer = kind, RmsPropCentered = isCentered };
        IFlatOptimizer optimizer = FlatOptimizers.Create(options);
        DqnAkka.Environments.RandomSource random = new(5);
        float[] parameters = new float[48];
        float[] first = new float[48];
        float[] second = new float[48];
        using TensorOptimizer tensors = new(options);
        using torch.Tensor half = torch.tensor(0.5f);
        using torch.Tensor one = torch.tensor(1f);
        using torch.Tensor parameterTensor = torch.zeros(48);
        using torch.Tensor firstTensor = torch.zeros(48);
        using torch.Tensor secondTensor = torch.zeros(48);
        for (int update = 1; update <= 50; update++)
        {
            float[] gradients = [.. Enumerable.Range(0, 48).Select(_ => (float)random.NextUniform(-1, 1))];
            using torch.Tensor gradientTensor = torch.tensor(gradients);
            optimizer.Step(parameters, gradients, first, second, 0.5f, 1e-2f, update);
            tensors.Step(parameterTensor, gradientTensor, firstTensor, secondTensor, half, one, 1e-2f, update);
            Assert.All(gradients, gradient => Assert.Equal(0f, gradient));
            Assert.Equal(0f, gradientTensor.abs().max().item<float>());
        }

        Assert.True(TrainingExamples.LargestDifference(parameters, parameterTensor.data<float>().ToArray()) < 1e-6);
        Assert.True(TrainingExamples.LargestDifference(first, firstTensor.data<float>().ToArray()) < 1e-6);
        Assert.True(TrainingExamples.LargestDifference(second, secondTensor.data<float>().ToArray()) < 1e-6);
    }

    [Fact]
    public void Vectors_of_unequal_or_odd_length_are_refused()
    {
        AdamOptimizer adam = new(0.9f, 0.999f, 1e-8f);
        Assert.Throws<ArgumentException>(() => adam.Step(new float[16], new float[32], new float[16], new float[16], 1, 1, 1));
        Assert.Throws<ArgumentException>(() => adam.Step(new float[8], new float[8], new float[8], new float[8], 1, 1, 1));
    }

    /// <summary>One parameter among zeros.</summary>
    private sealed class Vectors
    {
        private readonly float[] _parameters = new float[16];
        private readonly float[] _first = new float[16];
        private readonly float[] _second = new float[16];

        public Vectors(float parameter) => _parameters[7] = parameter;

        public float Parameter => _parameters[7];

        public void Step(IFlatOptimizer optimizer, float gradient, float learningRate, long update)
        {
            float[] gradients = new float[16];
            gradients[7] = gradient;
            optimizer.Step(_parameters, gradients, _first, _second, 1f, learningRate, update);
            Assert.All(_parameters.Where((_, i) => i != 7), value => Assert.Equal(0f, value));
        }
    }
}
