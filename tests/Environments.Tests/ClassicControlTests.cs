namespace DqnAkka.Environments.Tests;

public sealed class ClassicControlTests
{
    private const int Draws = 20_000;

    // Four standard errors and a half on the mean of a uniform: probability 7e-6 for each component.
    private static double MeanTolerance(double halfWidth) => 4.5 * halfWidth / Math.Sqrt(3.0 * Draws);

    [Fact]
    public void CartPole_begins_near_upright()
    {
        CartPole dynamics = new(false);
        AssertUniform(random => Traces.Numbers(Begin<CartPole, CartPoleState>(dynamics, random)), 0.0, 0.05);
    }

    [Fact]
    public void Acrobot_begins_near_hanging_in_float32_steps()
    {
        Acrobot dynamics = default;
        AssertUniform(random => Traces.Numbers(Begin<Acrobot, AcrobotState>(dynamics, random)), 0.0, (float)0.1);
        RandomSource random = new(3);
        Assert.All(Traces.Numbers(Begin<Acrobot, AcrobotState>(dynamics, random)), number => Assert.Equal((float)number, number));
    }

    [Fact]
    public void MountainCar_begins_at_rest_in_the_valley()
    {
        MountainCar dynamics = new(0);
        AssertUniform(random => [Begin<MountainCar, MountainCarState>(dynamics, random).Position], -0.5, 0.1);
        Assert.Equal(0.0, Begin<MountainCar, MountainCarState>(dynamics, new RandomSource(1)).Velocity);
    }

    [Fact]
    public void Sine_and_cosine_together_equal_those_apart()
    {
        Assert.SkipUnless(Traces.IsBitExactHere, "the recordings are equal bit for bit on linux-x64 only");
        RandomSource random = new(4);
        for (int i = 0; i < 1_000_000; i++)
        {
            double angle = random.NextUniform(-10, 10) * (i % 2 == 0 ? 0.02 : 1.0);
            Assert.Equal((Math.Sin(angle), Math.Cos(angle)), Math.SinCos(angle));
        }
    }

    [Fact]
    public void An_action_outside_the_space_is_refused()
    {
        IEnvironment environment = EnvironmentFactory.Create(new EnvironmentSpecification { Id = "CartPole-v1" });
        float[] observation = new float[4];
        environment.Seed(1, 0);
        environment.Reset(observation);
        Assert.Throws<ArgumentOutOfRangeException>(() => environment.Step(2, observation));
        Assert.Throws<ArgumentOutOfRangeException>(() => environment.Step(-1, observation));
    }

    [Fact]
    public void Calls_out_of_order_are_refused()
    {
        IEnvironment environment = EnvironmentFactory.Create(new EnvironmentSpecification { Id = "CartPole-v1" });
        float[] observation = new float[4];
        Assert.Contains("Seed", Assert.Throws<InvalidOperationException>(() => environment.Reset(observation)).Message);
        environment.Seed(1, 0);
        Assert.Contains("Reset", Assert.Throws<InvalidOperationException>(() => environment.Step(0, observation)).Message);
    }

    private static TState Begin<TDynamics, TState>(TDynamics dynamics, RandomSource random)
        where TDynamics : struct, IDynamics<TState>
        where TState : unmanaged
    {
        TState state = default;
        dynamics.Reset(ref state, random);
        return state;
    }

    private static void AssertUniform(Func<RandomSource, double[]> draw, double centre, double halfWidth)
    {
        RandomSource random = new(2);
        double[][] draws = [.. Enumerable.Range(0, Draws).Select(_ => draw(random))];
        for (int component = 0; component < draws[0].Length; component++)
        {
            double[] values = [.. draws.Select(values => values[component])];
            Assert.InRange(values.Min(), centre - halfWidth, centre - (halfWidth * 0.999));
            Assert.InRange(values.Max(), centre + (halfWidth * 0.999), centre + halfWidth);
            Assert.InRange(values.Average(), centre - MeanTolerance(halfWidth), centre + MeanTolerance(halfWidth));
        }
    }
}
