using System.Runtime.InteropServices;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>Puts together what all ranges send of themselves at one version. Pieces of another version, epoch or part have no place in it.</summary>
internal sealed class RangeCapture
{
    private readonly IReadOnlyList<ParameterRange> _ranges;
    private readonly ParameterServerProtocol.RangePart _part;
    private readonly long _epoch;
    private readonly float[][] _values;
    private readonly ChunkProgress[] _progress;
    private readonly long[] _transfers;

    /// <summary>Waits for all ranges.</summary>
    /// <param name="ranges">The ranges.</param>
    /// <param name="part">What of them.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="version">The version.</param>
    /// <param name="since">When they were asked, in ticks.</param>
    public RangeCapture(IReadOnlyList<ParameterRange> ranges, ParameterServerProtocol.RangePart part, long epoch, long version, long since)
    {
        _ranges = ranges;
        _part = part;
        _epoch = epoch;
        Version = version;
        Since = since;
        int vectors = part == ParameterServerProtocol.RangePart.State ? RangeOptimizer.StateVectors : 1;
        _values = [.. ranges.Select(range => new float[range.Length * vectors])];
        _progress = [.. _values.Select(values => new ChunkProgress(values.Length * sizeof(float)))];
        _transfers = new long[ranges.Count];
    }

    /// <summary>The version.</summary>
    public long Version { get; }

    /// <summary>When the ranges were asked, or the newest piece of use came: a state that is long on its way is not asked for again.</summary>
    public long Since { get; private set; }

    /// <summary>Whether everything is there.</summary>
    public bool IsWhole => Array.TrueForAll(_progress, progress => progress.IsWhole);

    /// <summary>Takes a piece.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="now">The time in ticks.</param>
    /// <returns>Bytes to acknowledge to the range; 0 where it waits for no word.</returns>
    public int Take(ParameterServerProtocol.Parameters piece, long now)
    {
        bool isOfThis = piece.Part == _part && piece.Epoch == _epoch && piece.Version == Version
            && piece.Range >= 0 && piece.Range < _ranges.Count && piece.Total == _progress[piece.Range].Total;
        if (!isOfThis)
        {
            return 0;
        }

        if (piece.Transfer > _transfers[piece.Range] && !_progress[piece.Range].IsWhole)
        {
            // Sent anew from the start.
            _transfers[piece.Range] = piece.Transfer;
            _progress[piece.Range] = new ChunkProgress(piece.Total);
        }

        ChunkProgress progress = _progress[piece.Range];
        if (piece.Transfer != _transfers[piece.Range] || !progress.TryTake(piece.Offset, piece.Bytes.Length))
        {
            return 0;
        }

        Since = now;
        piece.Bytes.Span.CopyTo(MemoryMarshal.AsBytes(_values[piece.Range].AsSpan())[piece.Offset..]);
        return progress.IsAcknowledgementDue ? progress.Received : 0;
    }

    /// <summary>θ of all ranges, float32; everything is there.</summary>
    public float[] Online()
    {
        float[] whole = new float[_ranges.Sum(range => range.Length)];
        foreach (ParameterRange range in _ranges)
        {
            _values[range.Index].CopyTo(whole.AsSpan(range.Offset));
        }

        return whole;
    }

    /// <summary>The state as a single learner's would be; everything is there.</summary>
    public TrainerState State()
    {
        int length = _ranges.Sum(range => range.Length);
        TrainerState whole = new()
        {
            Updates = Version,
            Online = new float[length],
            Target = new float[length],
            FirstMoments = new float[length],
            SecondMoments = new float[length],
        };
        foreach (ParameterRange range in _ranges)
        {
            RangeState.Insert(_values[range.Index], range, whole);
        }

        return whole;
    }
}
