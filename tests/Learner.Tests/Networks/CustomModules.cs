using DqnAkka.Environments;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace DqnAkka.Learner.Tests;

/// <summary>Networks as a user may write them, sound and not.</summary>
public abstract class CustomModuleBase(int actionCount) : Module<Tensor, Tensor>("custom")
{
    protected int ActionCount { get; } = actionCount;

    protected T Register<T>(string name, T module)
        where T : Module
    {
        register_module(name, module);
        return module;
    }
}

public sealed class SmallConvolution : CustomModuleBase
{
    private readonly Module<Tensor, Tensor> _filters;
    private readonly Module<Tensor, Tensor> _head;

    public SmallConvolution(PlaneShape observation, int actionCount)
        : base(actionCount)
    {
        _filters = Register("filters", Conv2d(observation.Planes, 3, 3));
        _head = Register("head", Linear(3 * (observation.Height - 2) * (observation.Width - 2), actionCount));
    }

    public override Tensor forward(Tensor input) => _head.call(functional.dropout(_filters.call(input).relu().flatten(1), 0.5, training));
}

public sealed class FrozenEmbedding : CustomModuleBase
{
    private readonly Module<Tensor, Tensor> _embedding;
    private readonly Module<Tensor, Tensor> _head;

    public FrozenEmbedding(PlaneShape observation, int actionCount)
        : base(actionCount)
    {
        Linear embedding = Register("embedding", Linear(observation.Size, 8));
        embedding.weight!.requires_grad_(false);
        _embedding = embedding;
        _head = Register("head", Linear(8, actionCount));
    }

    public override Tensor forward(Tensor input) => _head.call(_embedding.call(input).relu());
}

public sealed class WithBatchNorm : CustomModuleBase
{
    private readonly Module<Tensor, Tensor> _head;
    private readonly Module<Tensor, Tensor> _norm;

    public WithBatchNorm(PlaneShape observation, int actionCount)
        : base(actionCount)
    {
        _head = Register("head", Linear(observation.Size, actionCount));
        _norm = Register("norm", BatchNorm1d(actionCount));
    }

    public override Tensor forward(Tensor input) => _norm.call(_head.call(input));
}

public sealed class WithoutParameters(PlaneShape observation, int actionCount) : CustomModuleBase(actionCount)
{
    public override Tensor forward(Tensor input) => input.narrow(1, 0, Math.Min(ActionCount, observation.Planes));
}

public sealed class OfFloat64 : CustomModuleBase
{
    private readonly Module<Tensor, Tensor> _head;

    public OfFloat64(PlaneShape observation, int actionCount)
        : base(actionCount) => _head = Register("head", Linear(observation.Size, actionCount, dtype: ScalarType.Float64));

    public override Tensor forward(Tensor input) => _head.call(input.to_type(ScalarType.Float64)).to_type(ScalarType.Float32);
}

public sealed class OneValueTooMany : CustomModuleBase
{
    private readonly Module<Tensor, Tensor> _head;

    public OneValueTooMany(PlaneShape observation, int actionCount)
        : base(actionCount) => _head = Register("head", Linear(observation.Size, actionCount + 1));

    public override Tensor forward(Tensor input) => _head.call(input);
}

public sealed class OfAnotherInput : CustomModuleBase
{
    private readonly Module<Tensor, Tensor> _head;

    public OfAnotherInput(PlaneShape observation, int actionCount)
        : base(actionCount) => _head = Register("head", Linear(observation.Size + 1, actionCount));

    public override Tensor forward(Tensor input) => _head.call(input);
}

public sealed class ChangesItsInput : CustomModuleBase
{
    private readonly Module<Tensor, Tensor> _head;

    public ChangesItsInput(PlaneShape observation, int actionCount)
        : base(actionCount) => _head = Register("head", Linear(observation.Size, actionCount));

    public override Tensor forward(Tensor input) => _head.call(input.neg_());
}

public sealed class DetachesItsValues : CustomModuleBase
{
    private readonly Module<Tensor, Tensor> _head;

    public DetachesItsValues(PlaneShape observation, int actionCount)
        : base(actionCount) => _head = Register("head", Linear(observation.Size, actionCount));

    public override Tensor forward(Tensor input) => _head.call(input).detach();
}

public sealed class ThrowsWhenMade : CustomModuleBase
{
    public ThrowsWhenMade(PlaneShape observation, int actionCount)
        : base(actionCount) => throw new InvalidOperationException($"no idea what to do with {observation}");

    public override Tensor forward(Tensor input) => input;
}

public sealed class WithoutConstructor() : CustomModuleBase(1)
{
    public override Tensor forward(Tensor input) => input;
}
