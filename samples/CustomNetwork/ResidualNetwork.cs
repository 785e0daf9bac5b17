using DqnAkka.Environments;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace DqnAkka.Samples;

/// <summary>
/// A Q-network with two residual blocks: every block adds to what it gets, h + W·relu(LayerNorm(h)) + b. Any observation is taken as a vector.
/// </summary>
public sealed class ResidualNetwork : Module<Tensor, Tensor>
{
    private const int Units = 64;
    private const int Blocks = 2;
    private readonly Linear _embedding;
    private readonly ModuleList<LayerNorm> _norms = [];
    private readonly ModuleList<Linear> _linears = [];
    private readonly Linear _head;

    /// <summary>Makes the network; every network that is named in a configuration has such a constructor.</summary>
    /// <param name="observation">One observation: planes, height and width of an image, or the components of a vector as planes of one cell.</param>
    /// <param name="actionCount">Number of actions.</param>
    public ResidualNetwork(PlaneShape observation, int actionCount)
        : base(nameof(ResidualNetwork))
    {
        _embedding = Linear(observation.Size, Units);
        for (int block = 0; block < Blocks; block++)
        {
            _norms.Add(LayerNorm(Units));
            _linears.Add(Linear(Units, Units));
        }

        _head = Linear(Units, actionCount);
        // Parameters are saved under these names.
        register_module("embedding", _embedding);
        register_module("norms", _norms);
        register_module("linears", _linears);
        register_module("head", _head);
    }

    /// <summary>Q(s, a) of every action.</summary>
    /// <param name="input">Observations, float32 [rows × planes × height × width], or [rows × components] of vectors; must not be changed.</param>
    /// <returns>float32 [rows × actions].</returns>
    public override Tensor forward(Tensor input)
    {
        Tensor hidden = _embedding.call(input.flatten(1));
        for (int block = 0; block < Blocks; block++)
        {
            hidden = hidden + _linears[block].call(functional.relu(_norms[block].call(hidden)));
        }

        return _head.call(functional.relu(hidden));
    }
}
