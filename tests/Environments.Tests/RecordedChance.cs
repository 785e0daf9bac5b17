using System.Text.Json;

namespace DqnAkka.Environments.Tests;

/// <summary>A tape of draws in the place of a generator; it tells when something else is drawn than was recorded.</summary>
internal sealed class RecordedChance : IRandomNumbers
{
    private readonly Queue<(string Kind, double Value, int Low, int High)> _tape = new();

    public bool IsUsedUp => _tape.Count == 0;

    public void AddUniform(double value) => _tape.Enqueue(("u", value, 0, 0));

    public void AddInteger(int value, int low, int high) => _tape.Enqueue(("i", value, low, high));

    /// <summary>Adds draws as the recordings have them: kind, value, and the bounds of an integer.</summary>
    public void Add(JsonElement[][] draws)
    {
        foreach (JsonElement[] draw in draws)
        {
            (int low, int high) = draw.Length == 4 ? (draw[2].GetInt32(), draw[3].GetInt32()) : (0, 0);
            _tape.Enqueue((draw[0].GetString()!, draw[1].GetDouble(), low, high));
        }
    }

    public double NextUniform() => Next("u", 0, 0);

    public int NextInteger(int low, int high) => (int)Next("i", low, high);

    public bool NextBit() => Next("b", 0, 0) != 0;

    public double NextNormal() => Next("n", 0, 0);

    private double Next(string kind, int low, int high)
    {
        Assert.NotEmpty(_tape);
        (string Kind, double Value, int Low, int High) next = _tape.Dequeue();
        Assert.Equal((next.Kind, next.Low, next.High), (kind, low, high));
        return next.Value;
    }
}

/// <summary>The real rules, with their chance from a tape.</summary>
internal readonly struct RecordedChanceDynamics<TDynamics, TState>(TDynamics inner, RecordedChance chance) : IDynamics<TState>
    where TDynamics : struct, IDynamics<TState>
    where TState : unmanaged
{
    public BoxSpace ObservationSpace => inner.ObservationSpace;

    public int ObservationSize => inner.ObservationSize;

    public int ActionCount => inner.ActionCount;

    public ImageSize RenderSize => inner.RenderSize;

    public void Reset(ref TState state, IRandomNumbers random) => inner.Reset(ref state, chance);

    public void Observe(in TState state, Span<float> observation) => inner.Observe(in state, observation);

    public StepResult Step(ref TState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation) =>
        inner.Step(ref state, action, alreadyTerminated, chance, observation);

    public void Render(in TState state, Canvas canvas) => inner.Render(in state, canvas);
}
