namespace DqnAkka.Learner;

/// <summary>The outputs of the convolution, where there is one, and of every hidden layer for a number of rows, each float32 [rows × its stride].</summary>
internal sealed class HiddenActivations(PackedLayout layout)
{
    private AlignedBuffer[] _layers = [];
    private AlignedBuffer? _features;

    /// <summary>Rows that fit.</summary>
    public int Capacity { get; private set; }

    /// <summary>The convolution's buffer.</summary>
    /// <exception cref="InvalidOperationException">There is none, or no row.</exception>
    public AlignedBuffer Features => _features ?? throw new InvalidOperationException("no features are kept");

    /// <summary>The buffer of one hidden layer.</summary>
    public AlignedBuffer this[int layer] => _layers[layer];

    /// <summary>Makes room for <paramref name="rows"/> rows; what was held is lost where the buffers grow.</summary>
    public void EnsureCapacity(int rows)
    {
        if (rows > Capacity)
        {
            Grow(rows);
        }
    }

    // Apart from the check, whose every call would otherwise allocate the lambda's closure.
    private void Grow(int rows)
    {
        _layers = [.. layout.Hidden.Select(linear => new AlignedBuffer((long)rows * linear.Stride))];
        _features = layout.Filters is { } filters ? new AlignedBuffer((long)rows * filters.Stride) : null;
        Capacity = rows;
    }
}
