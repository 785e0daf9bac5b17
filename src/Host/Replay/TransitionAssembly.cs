using System.IO.Hashing;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>
/// Makes batches of transitions of which nobody says any more which environment they come from. Where transitions share frames, those that
/// belong together are told by content: a stack of frames goes on with the one before but for a frame, and a single frame s with an s′.
/// </summary>
internal sealed class TransitionAssembly
{
    private const int Streams = 64;
    private readonly TransitionBatchBuilder _builder;
    private readonly Dictionary<ulong, int> _streamOf = [];
    private readonly ulong[] _awaited = new ulong[Streams];
    private readonly long[] _lastUse = new long[Streams];
    private readonly ObservationFormat _format;
    private readonly byte[] _observation;
    private readonly byte[] _nextObservation;
    private long _uses;

    /// <summary>Makes an assembly without transitions.</summary>
    /// <param name="format">The form of an observation.</param>
    /// <param name="steps">n of the n-step transitions.</param>
    /// <param name="capacity">Transitions in one batch.</param>
    public TransitionAssembly(ObservationFormat format, int steps, int capacity)
    {
        // Single frames make n streams of one environment, in each of which s is the s′ just before.
        _builder = new TransitionBatchBuilder(capacity, format, format.IsShared ? Streams : 1, format.Stack > 1 ? steps : 1);
        _format = format;
        _observation = new byte[format.Bytes];
        _nextObservation = new byte[format.Bytes];
    }

    /// <summary>Where s of the next transition is put, packed.</summary>
    public Span<byte> Observation => _observation;

    /// <summary>Where s′ of the next transition is put, packed.</summary>
    public Span<byte> NextObservation => _nextObservation;

    /// <summary>Adds the transition between the two observations.</summary>
    /// <param name="action">a.</param>
    /// <param name="nStepReturn">Rⁿ.</param>
    /// <param name="discount">What the value of s′ is multiplied by.</param>
    /// <param name="end">How the episode stood at s′.</param>
    public void Add(int action, float nStepReturn, float discount, EpisodeEnd end) =>
        _builder.AddPacked(_format.IsShared ? FindStream() : 0, _observation, action, nStepReturn, discount, end, _nextObservation);

    /// <summary>Gives what was added, and begins anew.</summary>
    public TransitionBatch Build()
    {
        _streamOf.Clear();
        return _builder.Build();
    }

    private int FindStream()
    {
        if (!_streamOf.Remove(From(), out int stream))
        {
            // An episode begins: in place of the stream that has been silent longest.
            stream = Array.IndexOf(_lastUse, _lastUse.Min());
            _streamOf.Remove(_awaited[stream]);
        }

        _lastUse[stream] = ++_uses;
        _awaited[stream] = To();
        _streamOf[_awaited[stream]] = stream;
        return stream;
    }

    private ulong From() => XxHash3.HashToUInt64(_format.Stack > 1 ? _observation.AsSpan(..^_format.FrameBytes) : _observation);

    private ulong To() => XxHash3.HashToUInt64(_format.Stack > 1 ? _observation.AsSpan(_format.FrameBytes..) : _nextObservation);
}
