using System.Runtime.InteropServices;
using DqnAkka.Learner;
using Parameters = DqnAkka.Actors.ParameterServerProtocol.Parameters;
using RangePart = DqnAkka.Actors.ParameterServerProtocol.RangePart;

namespace DqnAkka.Actors;

/// <summary>
/// Puts θ and θ⁻ together from the pieces that the ranges of a parameter server send. There is something to compute with only where every range
/// has come whole, with the same version, and with the θ⁻ that belongs to it.
/// </summary>
/// <param name="ranges">The ranges.</param>
internal sealed class RangeParametersAssembly(IReadOnlyList<ParameterRange> ranges)
{
    /// <summary>A version that nothing has.</summary>
    public const long None = -1;

    private readonly Slot[] _slots = [.. ranges.Select(_ => new Slot())];
    private readonly float[] _online = new float[ranges[^1].Offset + ranges[^1].Length];
    private readonly float[] _target = new float[ranges[^1].Offset + ranges[^1].Length];

    /// <summary>The epoch that everything is of.</summary>
    public long Epoch { get; private set; }

    /// <summary>Version of the parameters; <see cref="None"/> where they are not whole.</summary>
    public long Version { get; private set; } = None;

    /// <summary>Version of the target; <see cref="None"/> where the parameters are not whole.</summary>
    public long TargetVersion { get; private set; } = None;

    /// <summary>Bytes received that were of use.</summary>
    public long Received { get; private set; }

    /// <summary>Whether the beginning of something has come whose end has not.</summary>
    public bool IsUnderway => Version == None && Array.Exists(_slots, slot => slot.Online is not null || slot.Target is not null || slot.Version != None);

    /// <summary>θ, float32 in the layout's order.</summary>
    public ReadOnlySpan<float> Online => _online;

    /// <summary>θ⁻, float32 in the layout's order.</summary>
    public ReadOnlySpan<float> Target => _target;

    /// <summary>The ranges that <paramref name="version"/> has not come of.</summary>
    /// <param name="version">The version.</param>
    public IEnumerable<int> Missing(long version) => Enumerable.Range(0, _slots.Length).Where(range => _slots[range].Version < version);

    /// <summary>Forgets everything.</summary>
    /// <param name="epoch">What comes is of this epoch.</param>
    public void Begin(long epoch)
    {
        Epoch = epoch;
        Version = None;
        TargetVersion = None;
        for (int range = 0; range < _slots.Length; range++)
        {
            _slots[range] = new Slot();
        }
    }

    /// <summary>What is wrong with a piece: one line, or null.</summary>
    /// <param name="piece">The piece.</param>
    public string? Fault(Parameters piece) =>
        piece.Range >= ranges.Count ? $"there is no range {piece.Range} of the parameter server: all nodes must use the same dqn.parameter-server.shards"
        : piece.Part == RangePart.State || piece.Total != ranges[piece.Range].Length * sizeof(float)
            ? $"range {piece.Range} of the parameter server sends {piece.Total} bytes where {ranges[piece.Range].Length} parameters are expected"
        : null;

    /// <summary>Takes a piece without a fault. What is of another epoch, of an earlier transfer or after a gap is passed over.</summary>
    /// <param name="piece">The piece.</param>
    /// <returns>Bytes to acknowledge, or 0.</returns>
    /// <exception cref="InvalidOperationException">Ranges of one version have targets of different versions.</exception>
    public int Take(Parameters piece)
    {
        Slot slot = _slots[piece.Range];
        bool isOnline = piece.Part == RangePart.Online;
        if (piece.Epoch != Epoch || !slot.Accepts(piece, isOnline))
        {
            return 0;
        }

        ChunkProgress progress = (isOnline ? slot.Online : slot.Target)!;
        if (!progress.TryTake(piece.Offset, piece.Bytes.Length))
        {
            return 0;
        }

        Version = None;
        TargetVersion = None;
        Received += piece.Bytes.Length;
        ParameterRange range = ranges[piece.Range];
        Span<float> place = (isOnline ? _online : _target).AsSpan(range.Offset, range.Length);
        piece.Bytes.Span.CopyTo(MemoryMarshal.AsBytes(place)[piece.Offset..]);
        if (progress.IsWhole)
        {
            slot.Complete(piece, isOnline);
            Compare();
        }

        return progress.IsAcknowledgementDue ? progress.Received : 0;
    }

    private void Compare()
    {
        Slot first = _slots[0];
        foreach (Slot slot in _slots)
        {
            if (slot.Version == None || slot.Version != first.Version || slot.HeldTarget != slot.TargetVersion)
            {
                return;
            }

            if (slot.TargetVersion != first.TargetVersion)
            {
                throw new InvalidOperationException(
                    $"the ranges of the parameter server are at version {first.Version} with targets of version {first.TargetVersion} and of version {slot.TargetVersion}");
            }
        }

        Version = first.Version;
        TargetVersion = first.TargetVersion;
    }

    /// <summary>What has come of one range.</summary>
    private sealed class Slot
    {
        private long _onlineTransfer = None;
        private long _targetTransfer = None;

        /// <summary>θ that is underway.</summary>
        public ChunkProgress? Online { get; private set; }

        /// <summary>θ⁻ that is underway.</summary>
        public ChunkProgress? Target { get; private set; }

        /// <summary>Version of θ, where it is whole.</summary>
        public long Version { get; private set; } = None;

        /// <summary>Version of the θ⁻ that belongs to it.</summary>
        public long TargetVersion { get; private set; } = None;

        /// <summary>Version of θ⁻, where it is whole.</summary>
        public long HeldTarget { get; private set; } = None;

        /// <summary>Whether a piece is of what is underway, or begins something newer.</summary>
        public bool Accepts(Parameters piece, bool isOnline)
        {
            ChunkProgress? progress = isOnline ? Online : Target;
            long transfer = isOnline ? _onlineTransfer : _targetTransfer;
            if (progress is not null && piece.Transfer == transfer)
            {
                return true;
            }

            if (piece.Offset != 0 || piece.Transfer <= transfer)
            {
                return false;
            }

            if (isOnline)
            {
                Online = new ChunkProgress(piece.Total);
                _onlineTransfer = piece.Transfer;
                Version = None;
            }
            else
            {
                Target = new ChunkProgress(piece.Total);
                _targetTransfer = piece.Transfer;
                HeldTarget = None;
            }

            return true;
        }

        public void Complete(Parameters piece, bool isOnline)
        {
            if (isOnline)
            {
                Online = null;
                Version = piece.Version;
                TargetVersion = piece.TargetVersion;
            }
            else
            {
                Target = null;
                HeldTarget = piece.TargetVersion;
            }
        }
    }
}
