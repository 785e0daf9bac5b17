using DqnAkka.Environments;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Learner.Tests;

/// <summary>Values, loss and gradient by libtorch's own operators and autograd, one tensor a parameter, written from the papers.</summary>
internal sealed class AutogradReference : IDisposable
{
    private readonly NetworkLayout _layout;
    private readonly LearnerOptions _options;
    private readonly Tensor[] _online;
    private readonly Tensor[] _target;

    public AutogradReference(NetworkLayout layout, LearnerOptions options, float[] online, float[] target)
    {
        _layout = layout;
        _options = options;
        _online = Parameters(online, isTrained: true);
        _target = Parameters(target, isTrained: false);
    }

    /// <summary>The smallest distance of an input of ReLU from its kink, and of the best action from the second, in all passes so far.</summary>
    public double DistanceFromKink { get; private set; } = double.PositiveInfinity;

    public float[] Values(float[] observations, int rows)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable inference = no_grad();
        return Forward(_online, observations, rows).data<float>().ToArray();
    }

    public (float Loss, float[] Gradient) Step(TrainingBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor targets;
        using (no_grad())
        {
            Tensor values = Forward(_target, batch.NextObservations.ToArray(), batch.Count);
            Tensor selector = _options.Algorithm == Algorithm.DoubleDqn ? Forward(_online, batch.NextObservations.ToArray(), batch.Count) : values;
            FollowSelection(selector);
            Tensor bootstraps = values.gather(1, selector.argmax(1, keepdim: true)).squeeze(1);
            targets = Column(batch.Returns, batch.Count) + (Column(batch.Discounts, batch.Count) * bootstraps);
        }

        Tensor actions = tensor(batch.Actions[..batch.Count].ToArray(), int64).unsqueeze(1);
        Tensor chosen = Forward(_online, batch.Observations.ToArray(), batch.Count).gather(1, actions).squeeze(1);
        Tensor losses = _options.Loss == LossKind.Huber
            ? nn.functional.huber_loss(chosen, targets, _options.HuberThreshold, nn.Reduction.None)
            : 0.5f * (chosen - targets).square();
        Tensor loss = (Column(batch.Weights, batch.Count) * losses).mean();
        loss.backward();
        float[] gradient = new float[_layout.Length];
        for (int i = 0; i < _online.Length; i++)
        {
            _online[i].grad!.data<float>().ToArray().CopyTo(gradient, _layout.Slots[i].Offset);
        }

        return (loss.item<float>(), gradient);
    }

    public void Dispose()
    {
        foreach (Tensor parameter in _online.Concat(_target))
        {
            parameter.grad?.Dispose();
            parameter.Dispose();
        }
    }

    private static Tensor Column(ReadOnlySpan<float> values, int rows) => tensor(values[..rows].ToArray());

    private Tensor[] Parameters(float[] flat, bool isTrained) =>
    [
        .. _layout.Slots.Select(slot => tensor(
            flat.AsSpan(slot.Offset, slot.Length).ToArray(), [.. slot.Shape.Select(side => (long)side)], requires_grad: isTrained)),
    ];

    private Tensor Forward(Tensor[] parameters, float[] observations, int rows)
    {
        PlaneShape shape = _layout.Observation.Shape;
        // One that only the call holds may be finalized during it.
        using Scalar scale = _layout.InputScale;
        Tensor hidden = tensor(observations.AsSpan(0, rows * _layout.ObservationSize).ToArray()).mul(scale);
        int next = 0;
        if (_layout.Kind == NetworkKind.MinAtar)
        {
            hidden = nn.functional.conv2d(hidden.view(rows, shape.Planes, shape.Height, shape.Width), parameters[next++], parameters[next++]);
            hidden = Activate(hidden).flatten(1);
        }

        hidden = hidden.view(rows, -1);
        int heads = _layout.Options.Dueling ? 2 : 1;
        while (next < parameters.Length - (2 * heads))
        {
            hidden = Activate(nn.functional.linear(hidden, parameters[next++], parameters[next++]));
        }

        Tensor head = nn.functional.linear(hidden, parameters[next++], parameters[next++]);
        if (!_layout.Options.Dueling)
        {
            return head;
        }

        Tensor advantages = nn.functional.linear(hidden, parameters[next++], parameters[next]);
        return head + advantages - advantages.mean([1], keepdim: true);
    }

    private Tensor Activate(Tensor hidden)
    {
        if (_layout.Options.Activation == Activation.Tanh)
        {
            return hidden.tanh();
        }

        Follow(hidden.detach().abs().min());
        return hidden.relu();
    }

    private void FollowSelection(Tensor values)
    {
        if (_layout.ActionCount > 1)
        {
            Tensor best = values.topk(2, 1).values;
            Follow((best.select(1, 0) - best.select(1, 1)).min());
        }
    }

    private void Follow(Tensor distance) => DistanceFromKink = Math.Min(DistanceFromKink, distance.item<float>());
}
