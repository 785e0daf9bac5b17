namespace DqnAkka.Learner;

/// <summary>The reusable columns of one learning step. Only the first <see cref="Count"/> rows count.</summary>
public sealed class TrainingBatch
{
    /// <summary>Allocates columns for up to <paramref name="capacity"/> rows.</summary>
    /// <param name="capacity">The largest batch.</param>
    /// <param name="observationSize">Components of one observation, D.</param>
    public TrainingBatch(int capacity, int observationSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        Capacity = capacity;
        ObservationSize = observationSize;
        Observations = new float[capacity * observationSize];
        NextObservations = new float[capacity * observationSize];
        Actions = new int[capacity];
        Returns = new float[capacity];
        Discounts = new float[capacity];
        Weights = new float[capacity];
    }

    /// <summary>The largest batch.</summary>
    public int Capacity { get; }

    /// <summary>Components of one observation, D.</summary>
    public int ObservationSize { get; }

    /// <summary>Rows in use, B.</summary>
    public int Count { get; set; }

    /// <summary>s, float32 [B × D].</summary>
    public float[] Observations { get; }

    /// <summary>a, int32 [B].</summary>
    public int[] Actions { get; }

    /// <summary>n-step returns, float32 [B].</summary>
    public float[] Returns { get; }

    /// <summary>Bootstrap discounts, float32 [B]; 0 after a terminal state.</summary>
    public float[] Discounts { get; }

    /// <summary>s′, float32 [B × D].</summary>
    public float[] NextObservations { get; }

    /// <summary>Importance weights, float32 [B]; 1 where sampling is uniform.</summary>
    public float[] Weights { get; }
}
