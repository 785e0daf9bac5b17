using DqnAkka.Learner;
using TorchSharp;
using static TorchSharp.torch;

namespace DqnAkka.Bench;

/// <summary>Acting as TorchSharp's own examples write it: a tensor of the observations, the modules, argmax. The baseline.</summary>
internal sealed class PlainTorchPolicy : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly long _size;

    public PlainTorchPolicy(NetworkLayout layout)
    {
        set_num_threads(1);
        _network = PlainNetwork.Build(layout);
        _size = layout.ObservationSize;
    }

    public void GreedyActions(float[] observations, int count, int[] actions)
    {
        using IDisposable inference = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor chosen = _network.forward(tensor(observations).view(count, _size)).argmax(1);
        long[] values = chosen.data<long>().ToArray();
        for (int i = 0; i < count; i++)
        {
            actions[i] = (int)values[i];
        }
    }

    public void Dispose() => _network.Dispose();
}
