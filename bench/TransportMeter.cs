using System.Collections.Concurrent;
using System.Diagnostics;

namespace DqnAkka.Bench;

/// <summary>Counts what the actors of one measurement report, from any thread.</summary>
/// <param name="payloadBytes">Bytes that one frame is worth.</param>
internal sealed class TransportMeter(int payloadBytes)
{
    private readonly ConcurrentQueue<double> _roundTrips = new();
    private long _frames;
    private long _framesAtBegin;
    private long _begun;

    /// <summary>A frame was acknowledged.</summary>
    public void CountFrame() => Interlocked.Increment(ref _frames);

    /// <summary>A ping came back.</summary>
    /// <param name="roundTrip">After this long.</param>
    public void AddRoundTrip(TimeSpan roundTrip) => _roundTrips.Enqueue(roundTrip.TotalMilliseconds);

    /// <summary>The measurement begins; what came before was to warm up.</summary>
    public void Begin()
    {
        _roundTrips.Clear();
        _framesAtBegin = Interlocked.Read(ref _frames);
        _begun = Stopwatch.GetTimestamp();
    }

    /// <summary>The measurement ends.</summary>
    public TransportSample End()
    {
        double framesPerSecond = (Interlocked.Read(ref _frames) - _framesAtBegin) / Stopwatch.GetElapsedTime(_begun).TotalSeconds;
        return new TransportSample(framesPerSecond, framesPerSecond * payloadBytes, [.. _roundTrips.Order()]);
    }
}

/// <summary>One measurement.</summary>
/// <param name="FramesPerSecond">Frames acknowledged.</param>
/// <param name="BytesPerSecond">Their payload.</param>
/// <param name="RoundTrips">Round trips of pings, in milliseconds, ascending.</param>
internal sealed record TransportSample(double FramesPerSecond, double BytesPerSecond, double[] RoundTrips)
{
    /// <summary>Number of pings.</summary>
    public int Pings => RoundTrips.Length;

    /// <summary>The round trip that a share of the pings stays under.</summary>
    public double Percentile(double share) => RoundTrips.Length == 0 ? double.NaN : RoundTrips[(int)Math.Min(RoundTrips.Length - 1, share * RoundTrips.Length)];
}
