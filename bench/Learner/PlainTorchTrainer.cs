using DqnAkka.Learner;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Bench;

/// <summary>The learning step as TorchSharp's own examples write it: modules, torch.optim.Adam, clip_grad_norm_. The baseline.</summary>
internal sealed class PlainTorchTrainer : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _online;
    private readonly nn.Module<Tensor, Tensor> _target;
    private readonly optim.Optimizer _optimizer;
    private readonly long[] _actions;

    public PlainTorchTrainer(NetworkLayout layout, int count)
    {
        set_num_threads(1);
        _online = PlainNetwork.Build(layout);
        _target = PlainNetwork.Build(layout);
        _optimizer = optim.Adam(_online.parameters(), 1e-4);
        _actions = new long[count];
    }

    public void Step(TrainingBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        for (int row = 0; row < batch.Count; row++)
        {
            _actions[row] = batch.Actions[row];
        }

        Tensor observations = tensor(batch.Observations.ToArray()).view(batch.Count, batch.ObservationSize);
        Tensor nextObservations = tensor(batch.NextObservations.ToArray()).view(batch.Count, batch.ObservationSize);
        Tensor actions = tensor(_actions).unsqueeze(1);
        Tensor targets;
        using (no_grad())
        {
            Tensor selected = _online.forward(nextObservations).argmax(1, keepdim: true);
            Tensor bootstraps = _target.forward(nextObservations).gather(1, selected).squeeze(1);
            targets = tensor(batch.Returns.ToArray()) + (tensor(batch.Discounts.ToArray()) * bootstraps);
        }

        Tensor chosen = _online.forward(observations).gather(1, actions).squeeze(1);
        Tensor loss = (tensor(batch.Weights.ToArray()) * nn.functional.huber_loss(chosen, targets, 1, nn.Reduction.None)).mean();
        _optimizer.zero_grad();
        loss.backward();
        nn.utils.clip_grad_norm_(_online.parameters(), 10);
        _optimizer.step();
        loss.item<float>();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _online.Dispose();
        _target.Dispose();
    }
}
