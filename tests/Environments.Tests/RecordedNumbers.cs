using System.Text.Json;

namespace DqnAkka.Environments.Tests;

/// <summary>Plays recorded draws in their order, and fails where another kind or another range is asked for.</summary>
internal sealed class RecordedNumbers : IRandomNumbers
{
    private readonly Queue<JsonElement[]> _draws = new();

    /// <summary>Draws that were not asked for yet.</summary>
    public int Left => _draws.Count;

    public void Add(IEnumerable<JsonElement[]> draws)
    {
        foreach (JsonElement[] draw in draws)
        {
            _draws.Enqueue(draw);
        }
    }

    public double NextUniform() => Next("u").GetDouble();

    public int NextInteger(int low, int high)
    {
        Assert.True(_draws.TryPeek(out JsonElement[]? draw), $"an integer from {low} to {high} is drawn where nothing was");
        Assert.True(
            draw.Length == 4 && draw[2].GetInt32() == low && draw[3].GetInt32() == high,
            $"an integer from {low} to {high} is drawn in place of {string.Join(' ', draw)}");
        return Next("i").GetInt32();
    }

    public bool NextBit() => Next("b").GetInt32() != 0;

    public double NextNormal() => Next("n").GetDouble();

    private JsonElement Next(string kind)
    {
        Assert.True(_draws.TryDequeue(out JsonElement[]? draw), $"a number of kind {kind} is drawn where nothing was");
        Assert.Equal(kind, draw[0].GetString());
        return draw[1];
    }
}
