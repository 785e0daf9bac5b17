using System.Runtime.InteropServices;
using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>The learner's state on its way to the replicas that join: θ, θ⁻, first and second moments.</summary>
internal sealed class StateTransfer
{
    private readonly byte[] _bytes;
    private readonly long _epoch;
    private readonly TrainerState _state;
    private readonly IActorRef _self;

    /// <summary>Begins.</summary>
    /// <param name="state">The state.</param>
    /// <param name="epoch">A number above every earlier epoch.</param>
    /// <param name="self">Who sends it.</param>
    public StateTransfer(TrainerState state, long epoch, IActorRef self)
    {
        _state = state;
        _epoch = epoch;
        _self = self;
        _bytes = [.. new[] { state.Online, state.Target, state.FirstMoments, state.SecondMoments }.SelectMany(vector => MemoryMarshal.AsBytes(vector.AsSpan()).ToArray())];
    }

    /// <summary>The most parameters whose state is one array.</summary>
    public static int MostParameters => Array.MaxLength / (4 * sizeof(float));

    /// <summary>Ticks without an acknowledgement.</summary>
    public int TicksWithoutProgress { get; set; }

    /// <summary>Sends to one what its window lets go.</summary>
    public void Send(ReplicaMember joiner)
    {
        joiner.StateWindow ??= new ChunkWindow(_bytes.Length);
        while (joiner.StateWindow.TryNext(out int offset, out int length))
        {
            joiner.Reference.Tell(new ReplicaProtocol.State(_epoch, _state.Updates, _state.Online.Length, offset, _bytes.AsMemory(offset, length)), _self);
        }
    }

    /// <summary>One has received some of it.</summary>
    public void Acknowledge(ReplicaMember joiner, ReplicaProtocol.StateReceived received)
    {
        if (received.Epoch != _epoch || joiner.StateWindow is not { } window)
        {
            return;
        }

        TicksWithoutProgress = 0;
        window.Acknowledge((int)Math.Min(received.Bytes, int.MaxValue));
        joiner.HasState = received.Bytes == _bytes.Length;
        Send(joiner);
    }
}
