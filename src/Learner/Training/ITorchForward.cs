using static TorchSharp.torch;

namespace DqnAkka.Learner;

/// <summary>What a <see cref="TorchNetwork"/> computes with its parameters.</summary>
internal interface ITorchForward : IDisposable
{
    /// <summary>The parameters in the layout's order. They belong to this object and lie in the network's flat tensor.</summary>
    IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>Q(s, a) of every action.</summary>
    /// <param name="features">Observations, float32 [rows × planes × height × width], or [rows × components]; not changed.</param>
    /// <returns>float32 [rows × actions]; it and whatever else was made are in the caller's dispose scope.</returns>
    Tensor Run(Tensor features);
}
