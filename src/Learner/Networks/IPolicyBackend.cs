namespace DqnAkka.Learner;

/// <summary>The forward pass of a <see cref="PolicyNetwork"/>. Not thread-safe.</summary>
internal unsafe interface IPolicyBackend : IDisposable
{
    /// <summary>Takes over parameters in the network layout's order, of its length.</summary>
    void Load(ReadOnlySpan<float> flat);

    /// <summary>Q(s, a) of every action.</summary>
    /// <param name="observations">float32 [rows × observation size].</param>
    /// <param name="rows">Rows; may be 0.</param>
    /// <param name="values">Receives float32 [rows × actions].</param>
    void Values(float* observations, int rows, float* values);
}
