namespace DqnAkka.Environments.Tests;

/// <summary>Counts its steps in its observation; the base of the ill-behaved ones below.</summary>
public class CountingEnvironment : IEnvironment
{
    protected int Steps { get; private set; }

    public virtual Space ObservationSpace => new BoxSpace([0, 0], [1000, 1000]);

    public virtual Space ActionSpace => new DiscreteSpace(3);

    public virtual void Seed(ulong seed, ulong index)
    {
    }

    public virtual void Reset(Span<float> observation)
    {
        Steps = 0;
        observation[0] = 0;
        observation[1] = 0;
    }

    public virtual StepResult Step(int action, Span<float> observation)
    {
        Steps++;
        observation[0] = Steps;
        observation[1] = action;
        return new StepResult(Steps, false, false);
    }
}

public sealed class ContinuousActionEnvironment : CountingEnvironment
{
    public override Space ActionSpace => new BoxSpace([-1], [1]);
}

public sealed class DiscreteObservationEnvironment : CountingEnvironment
{
    public override Space ObservationSpace => new DiscreteSpace(16);
}

public sealed class SpacelessEnvironment : CountingEnvironment
{
    public override Space ActionSpace => null!;
}

public sealed class ThrowingSpaceEnvironment : CountingEnvironment
{
    public override Space ObservationSpace => throw new NotSupportedException("no sensor");
}

public sealed class ThrowingConstructorEnvironment : CountingEnvironment
{
    public ThrowingConstructorEnvironment() => throw new InvalidOperationException("the simulator\nis not installed");
}

public abstract class AbstractEnvironment : CountingEnvironment;

public sealed class UnusableEnvironment(object simulator) : CountingEnvironment
{
    public object Simulator { get; } = simulator;
}

public sealed class NotAnEnvironment;

public enum Terrain
{
    Grass,
    Ice,
}

/// <summary>Shows its arguments, which have every type that text converts to.</summary>
public sealed class ArgumentEnvironment(
    int gridSize, double slipRate = 0.25, bool windy = false, string label = "none", Terrain terrain = Terrain.Grass, long? limit = null, float gain = 1f, object? extra = null)
    : CountingEnvironment
{
    public string Arguments => FormattableString.Invariant($"{gridSize} {slipRate} {windy} {label} {terrain} {limit} {gain} {extra}");
}

/// <summary>Two constructors: with a size, and without.</summary>
public sealed class TwoConstructorsEnvironment : CountingEnvironment
{
    public TwoConstructorsEnvironment()
    {
    }

    public TwoConstructorsEnvironment(int size) => Size = size;

    public int Size { get; }
}

/// <summary>Does what a test asks, at the given step.</summary>
public sealed class FailingEnvironment(string how, int atStep) : CountingEnvironment
{
    public override void Seed(ulong seed, ulong index)
    {
        if (how == "seed")
        {
            throw new InvalidOperationException("no seed");
        }
    }

    public override void Reset(Span<float> observation)
    {
        base.Reset(observation);
        if (how == "reset")
        {
            throw new InvalidOperationException("stuck\nfast");
        }

        observation[1] = how == "reset-nan" ? float.NaN : 0;
    }

    public override StepResult Step(int action, Span<float> observation)
    {
        StepResult result = base.Step(action, observation);
        if (Steps == atStep)
        {
            observation[1] = how == "nan" ? float.NaN : how == "infinity" ? float.NegativeInfinity : action;
            return how switch
            {
                "step" => throw new InvalidOperationException("the wheel came off"),
                "reward" => result with { Reward = double.PositiveInfinity },
                "large-reward" => result with { Reward = -1e300 },
                "end" => result with { Truncated = true },
                _ => result,
            };
        }

        return result;
    }
}
