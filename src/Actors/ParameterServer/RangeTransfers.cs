using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>What a range is sending: to each receiver one vector after the other, each through its window. What is newer replaces what has not begun.</summary>
/// <param name="range">The range.</param>
/// <param name="self">In whose name the pieces go.</param>
internal sealed class RangeTransfers(int range, IActorRef self)
{
    private readonly Dictionary<IActorRef, Queue<Vector>> _queues = [];
    private long _lastTransfer;

    /// <summary>Bytes sent so far.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Sends vectors, one after the other; what the receiver was being sent of the same parts is given up.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="state">The range, at the version that is sent.</param>
    /// <param name="parts">The parts in order.</param>
    public void Send(IActorRef receiver, ParameterRangeState state, params ReadOnlySpan<ParameterServerProtocol.RangePart> parts)
    {
        if (!_queues.TryGetValue(receiver, out Queue<Vector>? queue))
        {
            queue = new Queue<Vector>();
            _queues.Add(receiver, queue);
        }

        foreach (ParameterServerProtocol.RangePart part in parts)
        {
            if (queue.Any(vector => vector.Part == part))
            {
                // A receiver that is behind needs the newest alone.
                Vector[] kept = [.. queue.Where(vector => vector.Part != part)];
                queue.Clear();
                Array.ForEach(kept, queue.Enqueue);
            }

            queue.Enqueue(new Vector(++_lastTransfer, part, state.Epoch, state.Version, state.TargetVersion, state.Copy(part)));
        }

        Continue(receiver, queue);
    }

    /// <summary>A receiver has some of a vector.</summary>
    public void Acknowledge(IActorRef receiver, long transfer, int bytes)
    {
        if (_queues.TryGetValue(receiver, out Queue<Vector>? queue) && queue.TryPeek(out Vector? vector) && vector.Transfer == transfer)
        {
            vector.Window.Acknowledge(bytes);
            Continue(receiver, queue);
        }
    }

    /// <summary>A receiver has ended.</summary>
    public void Drop(IActorRef receiver) => _queues.Remove(receiver);

    /// <summary>Nothing that was begun is worth anything any more.</summary>
    public void Clear() => _queues.Clear();

    private void Continue(IActorRef receiver, Queue<Vector> queue)
    {
        while (queue.TryPeek(out Vector? vector))
        {
            while (vector.Window.TryNext(out int offset, out int length))
            {
                receiver.Tell(
                    new ParameterServerProtocol.Parameters(
                        range, vector.Epoch, vector.Version, vector.TargetVersion, vector.Part, vector.Transfer, vector.Bytes.Length, offset, vector.Bytes.Slice(offset, length)),
                    self);
                BytesSent += length;
            }

            if (!vector.Window.IsSent)
            {
                return;
            }

            queue.Dequeue();
        }
    }

    private sealed record Vector(
        long Transfer, ParameterServerProtocol.RangePart Part, long Epoch, long Version, long TargetVersion, ReadOnlyMemory<byte> Bytes)
    {
        public ChunkWindow Window { get; } = new(Bytes.Length);
    }
}
