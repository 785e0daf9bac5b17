namespace DqnAkka.Environments.Tests;

/// <summary>A random walk between 0 and 1 that breaks no rule, except for the one that a test names.</summary>
public sealed class BreakableEnvironment(string broken = "nothing", int length = 20) : IEnvironment, IRenderable, IDisposable
{
    private static int _shared;
    private static double _sharedPosition;
    private static byte[]? _prepared;
    private readonly RandomSource _random = new(0);
    private double _position;
    private int _steps;
    private bool _begun;
    private bool _ended;
    private bool _hasStepped;
    private int _disposals;
    private bool _isSeeded;

    public Space ObservationSpace => new BoxSpace(
        [0, 0, 0],
        [1, 1, broken == "spaces" && _hasStepped ? 2 : 1],
        broken == "type" ? ObservationType.Boolean : ObservationType.Float32,
        broken == "stack" ? 3 : 1);

    public Space ActionSpace { get; } = new DiscreteSpace(2);

    public ImageSize? RenderSize => broken == "render-size" ? new ImageSize(0, 1) : broken == "render-null" ? null : new ImageSize(20, 10);

    public void Seed(ulong seed, ulong index)
    {
        switch (broken)
        {
            case "seed":
                _random.Seed(0, index);
                break;
            case "index":
                _random.Seed(seed, 0);
                break;
            case "high-bits":
                _random.Seed(seed, (uint)index);
                break;
            case "seeds-once" when _isSeeded:
                break;
            default:
                _isSeeded = true;
                _random.Seed(seed, index);
                break;
        }
    }

    public void Reset(Span<float> observation)
    {
        (_position, _steps, _begun, _ended) = (0.05 * _random.NextDouble(), 0, true, false);
        _sharedPosition = _position;
        Observe(observation);
    }

    public StepResult Step(int action, Span<float> observation)
    {
        if (!_begun && broken != "order")
        {
            throw new InvalidOperationException("call Reset");
        }

        if (action is < 0 or > 1 && broken != "action")
        {
            throw broken == "action-exception" ? new NotSupportedException("no such action") : new ArgumentOutOfRangeException(nameof(action));
        }

        if (_ended && broken == "self-reset")
        {
            Reset(observation);
        }

        _steps++;
        _hasStepped = true;
        // Outwards, so that ends lie apart from beginnings.
        _position = Math.Min(1, (broken == "shared" ? _sharedPosition : _position) + ((0.5 + _random.NextDouble()) / length));
        _sharedPosition = _position;
        if (broken == "prepares" && _steps == 15)
        {
            _prepared ??= new byte[1_000_000];
        }

        bool ends = broken != "endless" && _steps >= length;
        _ended = ends;
        if (ends && broken == "final-observation")
        {
            Reset(observation);
        }

        Observe(observation);
        double reward = broken == "reward" && _steps == 3 ? double.NaN : broken == "large-reward" && _steps == 3 ? 1e300 : 1;
        return new StepResult(reward, ends, false);
    }

    public void Render(Canvas canvas)
    {
        if (broken == "render-throws")
        {
            throw new NotSupportedException("no screen");
        }

        if (broken == "render-allocation")
        {
            GC.KeepAlive(new object());
        }

        if (broken == "render-changes")
        {
            _random.NextDouble();
        }

        canvas.SetView(0, 0, 1, 1);
        if (broken != "render-uncovered")
        {
            canvas.Clear(RgbColor.Black);
        }

        canvas.FillCircle(_position, 0.5, 0.2, RgbColor.White);
    }

    public void Dispose()
    {
        if (broken == "dispose" && ++_disposals == 1)
        {
            throw new InvalidOperationException("still busy");
        }
    }

    private void Observe(Span<float> observation)
    {
        observation[0] = broken == "type" ? 0.5f : (float)_position;
        observation[1] = broken switch
        {
            "range" when _steps == 7 => 1.5f,
            "nan" when _steps == 7 => float.NaN,
            "infinity" when _steps == 7 => float.PositiveInfinity,
            "determinism" => Interlocked.Increment(ref _shared) % 1000 / 1000f,
            _ => 0.5f,
        };
        if (broken == "allocation")
        {
            GC.KeepAlive(new byte[100]);
        }

        if (broken != "unwritten" || _steps != 7)
        {
            observation[2] = broken == "type" ? 1 : 0.25f;
        }
    }
}

/// <summary>Remembers a coin for many steps, and shows nothing at its beginning and its end: whatever looks odd in it is as it should be.</summary>
public sealed class CoinEnvironment : IEnvironment
{
    private const int Length = 400;
    private readonly RandomSource _random = new(0);
    private int _steps = Length;
    private bool _coin;

    public Space ObservationSpace { get; } = new BoxSpace([-1], [1]);

    public Space ActionSpace { get; } = new DiscreteSpace(2);

    public void Seed(ulong seed, ulong index) => _random.Seed(seed, index);

    public void Reset(Span<float> observation)
    {
        (_steps, _coin) = (0, _random.NextBit());
        observation[0] = 0;
    }

    public StepResult Step(int action, Span<float> observation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(action);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(action, 1);
        if (_steps == Length)
        {
            throw new InvalidOperationException("call Reset");
        }

        bool ends = ++_steps == Length;
        observation[0] = ends ? 0 : _coin ? 1 : -1;
        return new StepResult(ends && action == (_coin ? 1 : 0) ? 1 : 0, ends, false);
    }
}
