using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// The parts of gradients that one range holds until the coordinator decides. A worker has one that is being received at a time. One that is
/// whole stays, whatever becomes of its worker, since the coordinator may have counted on it.
/// </summary>
/// <param name="length">Parameters of the range.</param>
/// <param name="most">Most parts held at once.</param>
internal sealed class HeldGradients(int length, int most)
{
    private const int MostBytesOfParameter = 8;
    private readonly Dictionary<(int Worker, long Push), Part> _parts = [];
    private readonly Dictionary<int, long> _decided = [];
    private readonly Stack<Part> _free = new();

    /// <summary>Parts held, those that are not whole included.</summary>
    public int Count => _parts.Count;

    /// <summary>What came of a piece.</summary>
    public enum Outcome
    {
        /// <summary>It was taken; more follow.</summary>
        Taken,

        /// <summary>It was taken, and the sender waits to hear of it.</summary>
        Acknowledge,

        /// <summary>The part is whole, now or since before.</summary>
        Whole,

        /// <summary>It is not the next piece of anything, or was decided upon, or there is no room: it is passed over.</summary>
        Ignored,
    }

    /// <summary>Takes a piece.</summary>
    /// <param name="piece">The piece, of this range and epoch.</param>
    /// <param name="received">Bytes of the part received so far.</param>
    /// <param name="fault">Where the part is whole: what is wrong with it, one line, or empty.</param>
    public Outcome Take(ParameterServerProtocol.PushGradient piece, out int received, out string fault)
    {
        received = 0;
        fault = "";
        if (piece.Push <= _decided.GetValueOrDefault(piece.Worker, -1) || piece.Total > (long)length * MostBytesOfParameter)
        {
            return Outcome.Ignored;
        }

        (int Worker, long Push) key = (piece.Worker, piece.Push);
        if (!_parts.TryGetValue(key, out Part? part))
        {
            DropUnfinished(piece.Worker);
            if (_parts.Count >= most || piece.Offset != 0)
            {
                return Outcome.Ignored;
            }

            part = _free.TryPop(out Part? used) ? used : new Part(length);
            part.Begin(piece.Total, piece.Compression);
            _parts.Add(key, part);
        }

        if (part.Progress.IsWhole)
        {
            fault = part.Fault;
            return Outcome.Whole;
        }

        if (piece.Total != part.Progress.Total || piece.Compression != part.Compression)
        {
            return Outcome.Ignored;
        }

        if (piece.Offset == 0 && part.Progress.Received > 0)
        {
            // It is sent anew from its start.
            part.Begin(piece.Total, piece.Compression);
        }

        if (!part.TryTake(piece))
        {
            return Outcome.Ignored;
        }

        received = part.Progress.Received;
        if (!part.Progress.IsWhole)
        {
            return part.Progress.IsAcknowledgementDue ? Outcome.Acknowledge : Outcome.Taken;
        }

        part.Decode();
        fault = part.Fault;
        return Outcome.Whole;
    }

    /// <summary>A whole part without a fault, or null.</summary>
    public float[]? Whole(int worker, long push) =>
        _parts.TryGetValue((worker, push), out Part? part) && part.Progress.IsWhole && part.Fault.Length == 0 ? part.Values : null;

    /// <summary>A gradient was decided upon: it and older ones of the worker are not needed any more, and what comes of them late is passed over.</summary>
    public void Decide(int worker, long push)
    {
        _decided[worker] = Math.Max(push, _decided.GetValueOrDefault(worker, -1));
        foreach ((int Worker, long Push) key in _parts.Keys.Where(key => key.Worker == worker && key.Push <= push).ToArray())
        {
            Release(key);
        }
    }

    /// <summary>What was received of a worker's newest gradient is dropped where it is not whole.</summary>
    public void DropUnfinished(int worker)
    {
        foreach ((int Worker, long Push) key in _parts.Where(entry => entry.Key.Worker == worker && !entry.Value.Progress.IsWhole).Select(entry => entry.Key).ToArray())
        {
            Release(key);
        }
    }

    /// <summary>Drops everything: a new epoch begins, with new numbers of workers.</summary>
    public void Clear()
    {
        _parts.Clear();
        _decided.Clear();
        _free.Clear();
    }

    private void Release((int Worker, long Push) key)
    {
        if (_parts.Remove(key, out Part? part))
        {
            _free.Push(part);
        }
    }

    /// <summary>One part; used again and again.</summary>
    private sealed class Part(int length)
    {
        private byte[] _bytes = [];

        public ChunkProgress Progress { get; private set; } = new(1);

        public GradientCompression Compression { get; private set; }

        public float[] Values { get; } = new float[length];

        public string Fault { get; private set; } = "";

        public void Begin(int total, GradientCompression compression)
        {
            Progress = new ChunkProgress(total);
            Compression = compression;
            Fault = "";
            if (_bytes.Length < total)
            {
                _bytes = GC.AllocateUninitializedArray<byte>(total);
            }
        }

        public bool TryTake(ParameterServerProtocol.PushGradient piece)
        {
            if (!Progress.TryTake(piece.Offset, piece.Bytes.Length))
            {
                return false;
            }

            piece.Bytes.Span.CopyTo(_bytes.AsSpan(piece.Offset));
            return true;
        }

        public void Decode() => Fault = GradientDecompressor.Decode(_bytes.AsSpan(0, Progress.Total), Compression, Values) ?? "";
    }
}
