using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// One shard's hand-over: its contents in batches of about a frame, the oldest first, no more than a few frames beyond what the
/// successor has acknowledged. Begins anew with a successor that does not know of it.
/// </summary>
internal sealed class ShardTransfer
{
    private const int WindowFrames = 4;

    // Where transitions share, the more of them go together the more they share. A batch of so many frames is still put together quickly.
    private const int SharedBatchFrames = 8;
    private const int PositionsPerMessage = 2_048;
    private const int BatchOverheadBytes = 64;

    private readonly int _shard;
    private readonly long _source;
    private readonly ReplayBuffer _buffer;
    private readonly IReadOnlyList<ReplayProtocol.RunnerPosition> _positions;
    private readonly int _rows;
    private readonly int _window;
    private bool _hasBegun;
    private int _received;
    private int _sent;

    /// <summary>Takes over a shard's contents, which nobody else changes any more.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="source">Its incarnation.</param>
    /// <param name="buffer">What it holds, at least one transition.</param>
    /// <param name="positions">How far each runner's fragments were received.</param>
    public ShardTransfer(int shard, long source, ReplayBuffer buffer, IReadOnlyList<ReplayProtocol.RunnerPosition> positions)
    {
        _shard = shard;
        _source = source;
        _buffer = buffer;
        _positions = positions;
        bool isShared = buffer.Plan.IsShared;
        double observationBytes = isShared ? buffer.Plan.FramesPerTransition * buffer.Format.FrameBytes : 2.0 * buffer.Format.Bytes;
        int windowBytes = buffer.Format.IsShared ? 2 * sizeof(int) : 0;
        long rowBytes = (long)Math.Ceiling(observationBytes) + windowBytes + (3 * sizeof(float)) + sizeof(byte) + sizeof(double);
        long batchBytes = (long)WireFormat.MaxPartBytes * (isShared ? SharedBatchFrames : 1);
        _rows = (int)Math.Max(1, (batchBytes - BatchOverheadBytes) / rowBytes);
        long frames = ((rowBytes * _rows) + BatchOverheadBytes + WireFormat.MaxPartBytes - 1) / WireFormat.MaxPartBytes;
        _window = (int)Math.Max(1, WindowFrames / frames);
        Batches = (buffer.Count + _rows - 1) / _rows;
    }

    /// <summary>Batches in all.</summary>
    public int Batches { get; }

    /// <summary>Whether the successor has everything.</summary>
    public bool IsDone => _received == Batches;

    /// <summary>Transitions that the successor has not acknowledged.</summary>
    public int Unacknowledged => Math.Max(0, _buffer.Count - (_received * _rows));

    /// <summary>Who acknowledges; null before the first answer.</summary>
    public IActorRef? Successor { get; private set; }

    /// <summary>Takes the successor's answer.</summary>
    /// <param name="credit">The answer.</param>
    /// <param name="successor">Who gave it.</param>
    /// <returns>What is to be sent next.</returns>
    public IEnumerable<IReplayShardMessage> Apply(ReplayProtocol.TransferCredit credit, IActorRef successor)
    {
        if (Successor is not null && (!successor.Equals(Successor) || credit.Received < _received))
        {
            // The successor has a successor of its own, or began anew: what it had is gone.
            Successor = successor;
            _hasBegun = false;
            _received = 0;
            return Resend();
        }

        Successor = successor;
        _hasBegun = true;
        _received = Math.Min(credit.Received, Batches);
        _sent = Math.Max(_sent, _received);
        return DueBatches();
    }

    /// <summary>What is to be sent at first, and after a silence.</summary>
    public IEnumerable<IReplayShardMessage> Resend()
    {
        _sent = _received;
        return _hasBegun ? Beginning().Concat(DueBatches()) : Beginning();
    }

    /// <summary>Many runners' positions do not fit one frame; the beginning may come as often as it takes.</summary>
    private IEnumerable<IReplayShardMessage> Beginning()
    {
        for (int first = 0; first == 0 || first < _positions.Count; first += PositionsPerMessage)
        {
            yield return new ReplayProtocol.TransferBegin(_shard, _source, _buffer.Count, [.. _positions.Skip(first).Take(PositionsPerMessage)])
            {
                HoldsAtMost = _buffer.HoldsAtMost,
            };
        }
    }

    private IEnumerable<IReplayShardMessage> DueBatches()
    {
        while (_sent < Batches && _sent < _received + _window)
        {
            int skip = _sent * _rows;
            (TransitionBatch transitions, double[] masses) = _buffer.ReadOldest(skip, Math.Min(_rows, _buffer.Count - skip));
            foreach (ReplayProtocol.TransferPart part in WireParts.Cut(_shard, _source, _sent, transitions, masses))
            {
                yield return part;
            }

            _sent++;
        }
    }
}
