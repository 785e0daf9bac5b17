using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>The returns of the last 100 training episodes.</summary>
internal sealed class ReturnWindow
{
    private const int Capacity = 100;
    private readonly Queue<double> _returns = new();

    /// <summary>The returns, the oldest first.</summary>
    public IReadOnlyCollection<double> Values => _returns;

    /// <summary>What they come to; null before the first.</summary>
    public ReturnStatistics? Statistics => _returns.Count > 0 ? ReturnStatistics.From([.. _returns]) : null;

    /// <summary>Takes the return of one more episode.</summary>
    public void Add(double value)
    {
        _returns.Enqueue(value);
        if (_returns.Count > Capacity)
        {
            _returns.Dequeue();
        }
    }
}
