namespace DqnAkka.Learner;

/// <summary>
/// A Q-network for acting. Where the vectorised kernels have its layers it computes without libtorch, which is not even loaded, and nothing
/// is allocated once the buffers have grown to the largest batch. Not thread-safe; each runner owns one.
/// </summary>
public sealed unsafe class PolicyNetwork : IDisposable
{
    private readonly IPolicyBackend _network;
    private float[] _values = [];

    /// <summary>Makes a network whose parameters are all zero.</summary>
    /// <param name="layout">The network's shape.</param>
    /// <param name="backend">What computes; <see cref="ComputeBackend.Auto"/> takes the vectorised kernels where they have its layers.</param>
    /// <param name="torchThreads">Threads within one operation of libtorch.</param>
    /// <exception cref="LearnerException">The vectorised kernels are asked for and do not have its layers, or libtorch is needed and cannot be loaded.</exception>
    public PolicyNetwork(NetworkLayout layout, ComputeBackend backend = ComputeBackend.Auto, int torchThreads = 1)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        BackendRequirement.Require(layout, backend, "dqn.runner.backend");
        _network = backend != ComputeBackend.Torch && SimdSupport.Covers(layout) ? new PackedNetwork(layout) : new TorchPolicy(layout, torchThreads);
    }

    /// <summary>The network's shape.</summary>
    public NetworkLayout Layout { get; }

    /// <summary>Takes over parameters; the span is copied.</summary>
    /// <param name="parameters">The parameters in the layout's order, float32 [<see cref="NetworkLayout.Length"/>].</param>
    /// <exception cref="ArgumentException">The span is not as long as the layout.</exception>
    public void Load(ReadOnlySpan<float> parameters)
    {
        ParameterVector.RequireLength(Layout, parameters.Length);
        _network.Load(parameters);
    }

    /// <summary>Computes Q(s, a) for every action.</summary>
    /// <param name="observations">Observations, float32 [count × observation size] row-major.</param>
    /// <param name="count">Number of observations; may be 0.</param>
    /// <param name="qValues">Receives the action values, float32 [count × actions] row-major.</param>
    /// <exception cref="ArgumentException">A span is shorter than stated.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public void Forward(ReadOnlySpan<float> observations, int count, Span<float> qValues)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        RequireRoom(observations.Length, (long)count * Layout.ObservationSize, "observations");
        RequireRoom(qValues.Length, (long)count * Layout.ActionCount, "action values");
        fixed (float* inputs = observations)
        fixed (float* outputs = qValues)
        {
            _network.Values(inputs, count, outputs);
        }

        GC.KeepAlive(_network);
    }

    /// <summary>Chooses argmaxₐ Q(s, a), the first of equals.</summary>
    /// <param name="observations">Observations, float32 [count × observation size] row-major.</param>
    /// <param name="count">Number of observations; may be 0.</param>
    /// <param name="actions">Receives the actions, int32 [count].</param>
    /// <exception cref="ArgumentException">A span is shorter than stated.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public void GreedyActions(ReadOnlySpan<float> observations, int count, Span<int> actions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        RequireRoom(actions.Length, count, "actions");
        int length = checked(count * Layout.ActionCount);
        if (_values.Length < length)
        {
            _values = new float[length];
        }

        Forward(observations, count, _values);
        GreedySelection.Select(_values.AsSpan(0, length), Layout.ActionCount, actions[..count]);
    }

    /// <inheritdoc />
    public void Dispose() => _network.Dispose();

    private static void RequireRoom(int length, long needed, string what)
    {
        if (length < needed)
        {
            throw new ArgumentException($"{needed} floats of {what} are needed: the span has {length}");
        }
    }
}
