using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// A gradient on its way to the ranges of a parameter server: each range's slice, compressed, in pieces of which only so many are underway.
/// </summary>
internal sealed class GradientPush
{
    private readonly ParameterServerOptions _options;
    private readonly IReadOnlyList<ParameterRange> _ranges;
    private readonly GradientCompressor[] _compressors;
    private readonly Slice?[] _slices;

    // Two in turn: what is still on its way of one gradient is not written to before the one after it has been used or discarded.
    private readonly byte[][] _buffers;
    private (long Epoch, int Worker, long Push, long TargetVersion) _tags;

    /// <summary>Starts with nothing underway and nothing held back by compression.</summary>
    /// <param name="ranges">The ranges.</param>
    /// <param name="options">How gradients travel.</param>
    public GradientPush(IReadOnlyList<ParameterRange> ranges, ParameterServerOptions options)
    {
        _options = options;
        _ranges = ranges;
        _compressors = [.. ranges.Select(range => new GradientCompressor(range, options.Compression, options.TopKShare))];
        _slices = new Slice?[ranges.Count];
        _buffers = [.. _compressors.Concat(_compressors).Select(compressor => new byte[compressor.EncodedLength])];
    }

    /// <summary>Bytes handed out since the start.</summary>
    public long Sent { get; private set; }

    /// <summary>Begins with a gradient; what is left of the one before is not sent.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="worker">The worker's number.</param>
    /// <param name="push">Number of the gradient.</param>
    /// <param name="targetVersion">Version of θ⁻ that the worker holds.</param>
    /// <param name="gradient">The gradient, float32 in the layout's order; encoded at once.</param>
    public void Begin(long epoch, int worker, long push, long targetVersion, ReadOnlySpan<float> gradient)
    {
        _tags = (epoch, worker, push, targetVersion);
        int first = push % 2 == 0 ? 0 : _ranges.Count;
        foreach (ParameterRange range in _ranges)
        {
            byte[] bytes = _buffers[first + range.Index];
            _compressors[range.Index].Encode(gradient.Slice(range.Offset, range.Length), bytes);
            _slices[range.Index] = new Slice(bytes);
        }
    }

    /// <summary>What may be sent now, of every range.</summary>
    public IEnumerable<ParameterServerProtocol.PushGradient> Next() => _ranges.SelectMany(range => Next(range.Index));

    /// <summary>A range has received some of it.</summary>
    /// <param name="received">What it says.</param>
    /// <returns>What may be sent to it now.</returns>
    public IEnumerable<ParameterServerProtocol.PushGradient> Acknowledge(ParameterServerProtocol.GradientReceived received)
    {
        if (received.Epoch != _tags.Epoch || received.Push != _tags.Push || received.Range >= _slices.Length)
        {
            return [];
        }

        _slices[received.Range]?.Window.Acknowledge(received.Bytes);
        return Next(received.Range);
    }

    /// <summary>The server does not use a gradient: what compression left out of the ones before still goes with the next.</summary>
    /// <param name="push">Number of the gradient; one that was never begun with (an outlier) leaves the one before as it is, which was used.</param>
    public void Discard(long push)
    {
        if (push != _tags.Push)
        {
            return;
        }

        foreach (ParameterRange range in _ranges)
        {
            if (_slices[range.Index] is not null)
            {
                _slices[range.Index] = null;
                _compressors[range.Index].Retract();
            }
        }
    }

    /// <summary>Forgets everything: it belongs to parameters that are gone.</summary>
    public void Reset()
    {
        Array.Clear(_slices);
        foreach (GradientCompressor compressor in _compressors)
        {
            compressor.Reset();
        }
    }

    private IEnumerable<ParameterServerProtocol.PushGradient> Next(int range)
    {
        while (_slices[range] is { } slice && slice.Window.TryNext(out int offset, out int length))
        {
            Sent += length;
            yield return new ParameterServerProtocol.PushGradient(
                range,
                _tags.Epoch,
                _tags.Worker,
                _tags.Push,
                _tags.TargetVersion,
                _options.Compression,
                slice.Bytes.Length,
                offset,
                slice.Bytes.Slice(offset, length));
        }
    }

    private sealed class Slice(ReadOnlyMemory<byte> bytes)
    {
        public ReadOnlyMemory<byte> Bytes => bytes;

        public ChunkWindow Window { get; } = new(bytes.Length);
    }
}
