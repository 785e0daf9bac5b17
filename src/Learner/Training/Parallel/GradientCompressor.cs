using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>
/// One worker's encoder for one range, with error feedback (Seide et al. 2014; Stich et al. 2018): what an encoding leaves out is kept and added
/// to the next gradient, so nothing is lost over time. Decoded by <see cref="GradientDecompressor"/>. Not thread-safe.
/// </summary>
/// <remarks>
/// A gradient that the server discards is taken back by <see cref="Retract"/>: what earlier gradients had left to it is sent with the next,
/// and of the discarded one nothing stays. A worker that gets parameters of another epoch calls <see cref="Reset"/>, since what was left out
/// belongs to parameters that are gone.
/// </remarks>
public sealed class GradientCompressor
{
    private readonly GradientCompression _compression;
    private readonly LargestEntries? _selection;
    private float[] _residual;
    // What was left out before the newest gradient; swapped with the above.
    private float[] _before;
    private bool _canRetract;

    /// <summary>Makes an encoder that has left nothing out.</summary>
    /// <param name="range">The range.</param>
    /// <param name="compression">How gradients travel.</param>
    /// <param name="topKShare">Share of the entries that travel with <see cref="GradientCompression.TopK"/>, in (0, 1]; k = ⌈share · length⌉.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not in (0, 1].</exception>
    /// <exception cref="ArgumentException">The range's length is not a positive multiple of <see cref="ParameterRange.Alignment"/>.</exception>
    public GradientCompressor(ParameterRange range, GradientCompression compression, double topKShare)
    {
        if (!(topKShare > 0 && topKShare <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(topKShare), topKShare, "the share of a gradient's entries must be above 0 and at most 1");
        }

        ParameterRange.RequireAligned(range.Length);
        Range = range;
        _compression = compression;
        int entries = Math.Clamp((int)Math.Ceiling(topKShare * range.Length), 1, range.Length);
        _selection = compression == GradientCompression.TopK ? new LargestEntries(entries) : null;
        _residual = compression == GradientCompression.None ? [] : new float[range.Length];
        _before = compression == GradientCompression.None ? [] : new float[range.Length];
        EncodedLength = compression switch
        {
            GradientCompression.TopK => entries * GradientFormat.PairBytes,
            GradientCompression.BFloat16 => range.Length * sizeof(ushort),
            _ => range.Length * sizeof(float),
        };
    }

    /// <summary>The range.</summary>
    public ParameterRange Range { get; }

    /// <summary>Bytes of every encoded gradient.</summary>
    public int EncodedLength { get; }

    /// <summary>What has been left out so far and comes with the next gradient, float32 [<see cref="ParameterRange.Length"/>]; empty where nothing ever is.</summary>
    public ReadOnlySpan<float> Residual => _residual;

    /// <summary>Encodes a gradient and what the ones before it left out.</summary>
    /// <param name="gradient">The range's part of the gradient, all finite, float32 [<see cref="ParameterRange.Length"/>].</param>
    /// <param name="destination">Receives <see cref="EncodedLength"/> bytes.</param>
    /// <exception cref="ArgumentException">A length is not that, or the gradient is not finite; nothing has changed then.</exception>
    public void Encode(ReadOnlySpan<float> gradient, Span<byte> destination)
    {
        if (gradient.Length != Range.Length || destination.Length != EncodedLength)
        {
            throw new ArgumentException(
                $"range {Range.Index} takes a gradient of {Range.Length} floats and gives {EncodedLength} bytes: got {gradient.Length} floats and room for {destination.Length} bytes");
        }

        if (_compression == GradientCompression.None)
        {
            RequireFinite(gradient);
            MemoryMarshal.AsBytes(gradient).CopyTo(destination);
            return;
        }

        (float[] corrected, float[] left) = (_before, _residual);
        GradientKernels.Sum(gradient, left, corrected);
        RequireFinite(corrected);
        (_residual, _before, _canRetract) = (corrected, left, true);
        if (_selection is null)
        {
            GradientKernels.RoundToBFloat16(corrected, MemoryMarshal.Cast<byte, ushort>(destination));
        }
        else
        {
            _selection.Take(corrected, destination);
        }
    }

    /// <summary>The newest gradient was discarded: goes back to before it was encoded. Nothing happens where that has been done already.</summary>
    public void Retract()
    {
        if (_canRetract)
        {
            (_residual, _before, _canRetract) = (_before, _residual, false);
        }
    }

    /// <summary>Forgets what was left out.</summary>
    public void Reset()
    {
        Array.Clear(_residual);
        _canRetract = false;
    }

    private void RequireFinite(ReadOnlySpan<float> values)
    {
        int index = GradientKernels.IndexOfNotFinite(values);
        if (index >= 0)
        {
            throw new ArgumentException($"component {Range.Offset + index} of a gradient is {values[index]}: only finite ones are sent");
        }
    }
}
