using System.Runtime.InteropServices;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// One range of the parameter server without the actor: θ, θ⁻ and moments at one version of one epoch, and the parts of gradients that wait
/// to be applied. Takes versions strictly in order, and nothing of another epoch.
/// </summary>
internal sealed class ParameterRangeState
{
    private const int MostHeld = 1024;
    private readonly RangeOptimizer _optimizer;
    private readonly float[] _sum;
    private float[]? _loading;
    private ChunkProgress? _progress;
    private (long Epoch, long Version, long TargetVersion) _next;
    private byte[]? _online;
    private byte[]? _target;

    /// <summary>Starts empty, until an epoch is loaded.</summary>
    /// <param name="range">The range.</param>
    /// <param name="options">The optimizer and its constants.</param>
    public ParameterRangeState(ParameterRange range, LearnerOptions options)
    {
        _optimizer = new RangeOptimizer(range, options);
        _sum = new float[range.Length];
        Held = new HeldGradients(range.Length, MostHeld);
    }

    /// <summary>What came of a message.</summary>
    public enum Outcome
    {
        /// <summary>It was taken.</summary>
        Taken,

        /// <summary>It was taken, and the sender waits to hear of it.</summary>
        Acknowledge,

        /// <summary>The state is there, now or since before.</summary>
        Done,

        /// <summary>It is old, or repeated: nothing changes.</summary>
        Ignored,

        /// <summary>It speaks of an epoch that the range does not hold, or of what it should hold and has not.</summary>
        Unknown,
    }

    /// <summary>Which part of the vector it is.</summary>
    public ParameterRange Range => _optimizer.Range;

    /// <summary>The epoch; 0 before one is loaded.</summary>
    public long Epoch { get; private set; }

    /// <summary>Updates behind the parameters.</summary>
    public long Version { get; private set; }

    /// <summary>Version at which θ⁻ was last changed.</summary>
    public long TargetVersion { get; private set; }

    /// <summary>Parts of gradients that wait.</summary>
    public HeldGradients Held { get; }

    /// <summary>Bytes received of the state that is being loaded.</summary>
    public int Received => _progress?.Received ?? 0;

    /// <summary>Whether a state is being loaded.</summary>
    public bool IsLoading => _progress is not null;

    /// <summary>Takes a piece of a new epoch's state.</summary>
    public Outcome Load(ParameterServerProtocol.LoadState piece)
    {
        long newest = Math.Max(Epoch, _progress is null ? 0 : _next.Epoch);
        if (piece.Epoch < newest || piece.Length != Range.Length)
        {
            return Outcome.Ignored;
        }

        if (piece.Epoch == Epoch)
        {
            return Outcome.Done;
        }

        if (piece.Offset == 0)
        {
            Begin(piece);
        }
        else if (_progress is null || piece.Epoch != _next.Epoch)
        {
            return Outcome.Unknown;
        }

        if (!_progress!.TryTake(piece.Offset, piece.Bytes.Length))
        {
            return Outcome.Ignored;
        }

        piece.Bytes.Span.CopyTo(MemoryMarshal.AsBytes(_loading.AsSpan())[piece.Offset..]);
        if (!_progress.IsWhole)
        {
            return _progress.IsAcknowledgementDue ? Outcome.Acknowledge : Outcome.Taken;
        }

        _optimizer.Load(_loading);
        (Epoch, Version, TargetVersion) = _next;
        _loading = null;
        _progress = null;
        return Outcome.Done;
    }

    /// <summary>Makes the next update.</summary>
    /// <returns><see cref="Outcome.Done"/>; <see cref="Outcome.Ignored"/> where the version is not the next; <see cref="Outcome.Unknown"/> where the epoch is another, or a gradient is not there.</returns>
    public Outcome Apply(ParameterServerProtocol.ApplyGradients message)
    {
        if (message.Epoch != Epoch)
        {
            return Outcome.Unknown;
        }

        if (message.Version != Version + 1)
        {
            return Outcome.Ignored;
        }

        if (!TrySum(message.Gradients))
        {
            // The others have what is lacking here: the range cannot stay with them.
            Forget();
            return Outcome.Unknown;
        }

        _optimizer.Apply(_sum, message.LearningRate, message.Version);
        Version = message.Version;
        _online = null;
        foreach (ParameterServerProtocol.GradientShare share in message.Gradients)
        {
            Held.Decide(share.Worker, share.Push);
        }

        if (message.PolyakTau > 0)
        {
            _optimizer.BlendTarget(Math.Min(1f, message.PolyakTau));
            TargetVersion = Version;
            _target = null;
        }

        return Outcome.Done;
    }

    /// <summary>A copy of a part as it is at this version, which nobody changes any more; asked for again at the same version it is the same one.</summary>
    public ReadOnlyMemory<byte> Copy(ParameterServerProtocol.RangePart part) => part switch
    {
        ParameterServerProtocol.RangePart.Online => _online ??= MemoryMarshal.AsBytes(_optimizer.Online).ToArray(),
        ParameterServerProtocol.RangePart.Target => _target ??= MemoryMarshal.AsBytes(_optimizer.Target).ToArray(),
        _ => MemoryMarshal.AsBytes(_optimizer.State).ToArray(),
    };

    private void Begin(ParameterServerProtocol.LoadState piece)
    {
        Forget();
        _next = (piece.Epoch, piece.Version, piece.TargetVersion);
        _loading = new float[RangeOptimizer.StateVectors * Range.Length];
        _progress = new ChunkProgress(_loading.Length * sizeof(float));
    }

    private void Forget()
    {
        (Epoch, Version, TargetVersion) = (0, 0, 0);
        Held.Clear();
        _online = null;
        _target = null;
    }

    private bool TrySum(IReadOnlyList<ParameterServerProtocol.GradientShare> gradients)
    {
        bool isFirst = true;
        foreach (ParameterServerProtocol.GradientShare share in gradients)
        {
            if (Held.Whole(share.Worker, share.Push) is not { } values)
            {
                return false;
            }

            if (isFirst)
            {
                GradientSum.Begin(values, share.Scale, _sum);
            }
            else
            {
                GradientSum.Add(values, share.Scale, _sum);
            }

            isFirst = false;
        }

        return !isFirst;
    }
}
