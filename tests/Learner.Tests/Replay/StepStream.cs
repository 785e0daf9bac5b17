using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>
/// Random episodes of several environments as stacked observations whose every frame says which episode's which step it is, so that whatever
/// is stitched together shows.
/// </summary>
internal sealed class StepStream
{
    private readonly ObservationFormat _format;
    private readonly RandomSource _random;
    private readonly NStepAccumulator _accumulator;
    private readonly TransitionBatchBuilder _builder;
    private readonly (int Episode, int Step)[] _now;
    private readonly double _endShare;
    private int _episodes;

    public StepStream(ObservationFormat format, int environments, int steps, double endShare, ulong seed)
    {
        _format = format;
        _random = new RandomSource(seed);
        _endShare = endShare;
        _accumulator = new NStepAccumulator(environments, format.Size, steps, 0.5);
        _builder = new TransitionBatchBuilder(8, format, environments, steps);
        _now = [.. Enumerable.Range(0, environments).Select(_ => (_episodes++, 0))];
    }

    /// <summary>Lets every environment make some steps.</summary>
    public TransitionBatch Next(int vectorSteps)
    {
        for (int step = 0; step < vectorSteps; step++)
        {
            for (int environment = 0; environment < _now.Length; environment++)
            {
                Step(environment);
            }
        }

        return _builder.Build();
    }

    /// <summary>What the frames of an observation say, the oldest first.</summary>
    public static (int Episode, int Step)[] Read(ObservationFormat format, ReadOnlySpan<byte> observation)
    {
        float[] values = new float[format.Size];
        format.Decode(observation, values);
        (int, int)[] frames = new (int, int)[format.Stack];
        for (int frame = 0; frame < format.Stack; frame++)
        {
            ReadOnlySpan<float> digits = values.AsSpan(frame * format.FrameSize, format.FrameSize);
            frames[frame] = (Number(format, digits[..(format.FrameSize / 2)]), Number(format, digits[(format.FrameSize / 2)..]));
        }

        return frames;
    }

    /// <summary>Fails unless an observation is, as a whole, one of its episode: a stack of consecutive steps, with the first one repeated before the beginning.</summary>
    /// <returns>Its episode and newest step.</returns>
    public static (int Episode, int Step) RequireWhole(ObservationFormat format, ReadOnlySpan<byte> observation)
    {
        (int Episode, int Step)[] frames = Read(format, observation);
        (int episode, int last) = frames[^1];
        for (int i = 0; i < frames.Length; i++)
        {
            Assert.Equal((episode, Math.Max(0, last - frames.Length + 1 + i)), frames[i]);
        }

        return (episode, last);
    }

    private static int Number(ObservationFormat format, ReadOnlySpan<float> digits)
    {
        int number = 0;
        for (int i = Math.Min(digits.Length, Digits(format)) - 1; i >= 0; i--)
        {
            number = (number * Base(format)) + (int)digits[i];
        }

        return number;
    }

    private static int Base(ObservationFormat format) => format.Type switch
    {
        ObservationType.Float32 => 1 << 20,
        ObservationType.UInt8 => 256,
        _ => 2,
    };

    private static int Digits(ObservationFormat format) => format.Type switch
    {
        ObservationType.Float32 => 1,
        ObservationType.UInt8 => 3,
        _ => 20,
    };

    private void Step(int environment)
    {
        (int episode, int step) = _now[environment];
        bool isEnd = _random.NextDouble() < _endShare;
        bool isTerminal = isEnd && _random.NextDouble() < 0.5;
        _accumulator.Append(
            environment, Observation(episode, step), episode, step, isTerminal, isEnd && !isTerminal, Observation(episode, step + 1), _builder);
        _now[environment] = isEnd ? (_episodes++, 0) : (episode, step + 1);
    }

    private float[] Observation(int episode, int step)
    {
        float[] values = new float[_format.Size];
        for (int frame = 0; frame < _format.Stack; frame++)
        {
            Span<float> target = values.AsSpan(frame * _format.FrameSize, _format.FrameSize);
            Write(episode, target[..(_format.FrameSize / 2)]);
            Write(Math.Max(0, step - _format.Stack + 1 + frame), target[(_format.FrameSize / 2)..]);
        }

        return values;
    }

    // Repeated to the end, so that also a frame's last bytes say it.
    private void Write(int number, Span<float> target)
    {
        int radix = Base(_format);
        int[] digits = new int[Digits(_format)];
        for (int i = 0; i < digits.Length; i++, number /= radix)
        {
            digits[i] = number % radix;
        }

        for (int i = 0; i < target.Length; i++)
        {
            target[i] = digits[i % digits.Length];
        }
    }
}
