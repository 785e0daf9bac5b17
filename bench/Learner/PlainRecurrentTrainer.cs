using System.Runtime.InteropServices;
using DqnAkka.Learner;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DqnAkka.Bench;

/// <summary>
/// A recurrent Q-network's learning step (an LSTM over sequences and a linear head, trained as Double DQN on every step of them), plainly or
/// over flat parameters: whether the flat scheme keeps its worth where one operation takes most of the time.
/// </summary>
internal sealed class PlainRecurrentTrainer : IDisposable
{
    private const int Actions = 4;
    private readonly LSTM _recurrent;
    private readonly Linear _head;
    private readonly LSTM _targetRecurrent;
    private readonly Linear _targetHead;
    private readonly optim.Optimizer? _optimizer;
    private readonly Tensor? _flat;
    private readonly Tensor? _gradients;
    private readonly float[] _firstMoments = [];
    private readonly float[] _secondMoments = [];
    private readonly AdamOptimizer _adam = new(0.9f, 0.999f, 1e-8f);
    private readonly Tensor _observations;
    private readonly Tensor _nextObservations;
    private readonly Tensor _actions;
    private readonly Tensor _returns;
    private long _updates;

    /// <summary>Makes the networks and one batch.</summary>
    /// <param name="units">Units of the LSTM.</param>
    /// <param name="length">Steps of a sequence.</param>
    /// <param name="batch">Sequences.</param>
    /// <param name="isFlat">Whether parameters and gradients are views of flat tensors and the optimizer is one pass.</param>
    public PlainRecurrentTrainer(int units, int length, int batch, bool isFlat)
    {
        set_num_threads(1);
        _recurrent = nn.LSTM(units, units);
        _head = nn.Linear(units, Actions);
        _targetRecurrent = nn.LSTM(units, units);
        _targetHead = nn.Linear(units, Actions);
        _observations = randn(length, batch, units);
        _nextObservations = randn(length, batch, units);
        _actions = randint(0, Actions, [length, batch, 1]);
        _returns = randn(length, batch);
        Parameter[] parameters = [.. _recurrent.parameters(), .. _head.parameters()];
        if (!isFlat)
        {
            _optimizer = optim.Adam(parameters, 1e-4);
            return;
        }

        int size = parameters.Sum(parameter => RoundUp((int)parameter.numel()));
        _flat = zeros(size);
        _gradients = zeros(size);
        _firstMoments = new float[size];
        _secondMoments = new float[size];
        int offset = 0;
        foreach (Parameter parameter in parameters)
        {
            using IDisposable inference = no_grad();
            using Tensor view = _flat.narrow(0, offset, parameter.numel()).view(parameter.shape);
            view.copy_(parameter);
            parameter.set_(view);
            using Tensor gradient = _gradients.narrow(0, offset, parameter.numel()).view(parameter.shape);
            parameter.grad = gradient;
            offset += RoundUp((int)parameter.numel());
        }
    }

    /// <summary>One step.</summary>
    public void Step()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor targets;
        using (no_grad())
        {
            Tensor selected = Values(_recurrent, _head, _nextObservations).argmax(2, keepdim: true);
            targets = _returns + (0.99f * Values(_targetRecurrent, _targetHead, _nextObservations).gather(2, selected).squeeze(2));
        }

        Tensor chosen = Values(_recurrent, _head, _observations).gather(2, _actions).squeeze(2);
        Tensor loss = nn.functional.huber_loss(chosen, targets);
        if (_optimizer is not null)
        {
            _optimizer.zero_grad();
            loss.backward();
            nn.utils.clip_grad_norm_([.. _recurrent.parameters(), .. _head.parameters()], 10);
            _optimizer.step();
        }
        else
        {
            Span<float> gradients = MemoryMarshal.Cast<byte, float>(_gradients!.bytes);
            gradients.Clear();
            loss.backward();
            float scale = GradientNorm.ClipScale(GradientNorm.Compute(gradients), 10);
            _adam.Step(MemoryMarshal.Cast<byte, float>(_flat!.bytes), gradients, _firstMoments, _secondMoments, scale, 1e-4f, ++_updates);
        }

        loss.item<float>();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        IDisposable?[] owned =
            [_optimizer, _recurrent, _head, _targetRecurrent, _targetHead, _flat, _gradients, _observations, _nextObservations, _actions, _returns];
        foreach (IDisposable? one in owned)
        {
            one?.Dispose();
        }
    }

    private static int RoundUp(int count) => (count + 15) / 16 * 16;

    private static Tensor Values(LSTM recurrent, Linear head, Tensor observations) => head.forward(recurrent.forward(observations).Item1);
}
