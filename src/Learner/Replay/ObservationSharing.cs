using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// Finds what the transitions of one environment have in common: s of a transition is, within an episode, s′ of the one n before it, and
/// consecutive observations are stacks that differ by a frame. s′ go into one column of frames, those s that are not found there into another.
/// </summary>
/// <param name="format">The form of an observation.</param>
/// <param name="steps">n of the n-step transitions.</param>
internal sealed class ObservationSharing(ObservationFormat format, int steps)
{
    private readonly FrameColumn _observations = new(format);
    private readonly FrameColumn _nextObservations = new(format);

    // Windows of the last n s′, in a ring.
    private readonly int[] _recent = new int[steps];
    private int _added;

    /// <summary>Frames in both columns.</summary>
    public int FrameCount => _observations.Count + _nextObservations.Count;

    /// <summary>Adds a transition's observations, packed.</summary>
    /// <returns>Where they are: frames of s that have a column of their own are counted from −1 down.</returns>
    public (int Observation, int NextObservation) Add(ReadOnlySpan<byte> observation, ReadOnlySpan<byte> nextObservation)
    {
        int slot = _added % steps;
        bool isNextOfEarlier = _added >= steps && _nextObservations.Holds(_recent[slot], observation);
        int first = isNextOfEarlier ? _recent[slot] : ~_observations.Add(observation);
        _recent[slot] = _nextObservations.Add(nextObservation);
        _added++;
        return (first, _recent[slot]);
    }

    /// <summary>Copies both columns out.</summary>
    /// <param name="frames">Receives them, [FrameCount × FrameBytes].</param>
    public void CopyTo(Span<byte> frames)
    {
        _observations.Bytes.CopyTo(frames);
        _nextObservations.Bytes.CopyTo(frames[_observations.Bytes.Length..]);
    }

    /// <summary>Where a window lies among the copied frames.</summary>
    public int Locate(int window) => window < 0 ? ~window : _observations.Count + window;

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        _observations.Clear();
        _nextObservations.Clear();
        _added = 0;
    }
}
