using DqnAkka.Environments;

namespace DqnAkka.Host.Tests;

/// <summary>Loses all episodes at one call of Step, and begins new ones in that call, as the bridge to Python does.</summary>
internal sealed class LosingVector(IVectorEnvironment inner, int losesAt) : IVectorEnvironment
{
    public int Calls { get; private set; }

    public int Count => inner.Count;

    public Space ObservationSpace => inner.ObservationSpace;

    public Space ActionSpace => inner.ActionSpace;

    public void Reset(ulong seed, ulong firstIndex, Span<float> observations) => inner.Reset(seed, firstIndex, observations);

    public void Step(ReadOnlySpan<int> actions, Span<float> observations, Span<double> rewards, Span<bool> terminated, Span<bool> truncated, Span<float> finalObservations)
    {
        if (++Calls == losesAt)
        {
            // What else stands in the buffers is of no meaning.
            rewards.Fill(1000);
            terminated.Fill(true);
            inner.Reset(1, 1000, observations);
            throw new EpisodesLostException("lost");
        }

        inner.Step(actions, observations, rewards, terminated, truncated, finalObservations);
    }

    public void Dispose() => inner.Dispose();
}
