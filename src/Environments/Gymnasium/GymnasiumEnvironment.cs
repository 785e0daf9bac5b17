namespace DqnAkka.Environments;

/// <summary>
/// One copy of one of Python's Gymnasium environments, in a child process; it is drawn where Gymnasium can render it as <c>rgb_array</c>. A
/// child that dies ends the use of it.
/// </summary>
internal sealed class GymnasiumEnvironment : IEnvironment, IRenderable, IDisposable
{
    private const string RenderMode = "rgb_array";
    private const long GoesOn = -1;
    private readonly BridgeSession _session;
    private readonly bool _isRendered;
    private readonly long[] _seed = new long[1];
    private readonly int[] _action = new int[1];
    private readonly double[] _reward = new double[1];
    private readonly bool[] _terminated = new bool[1];
    private readonly bool[] _truncated = new bool[1];
    private readonly float[] _next;
    private ImageSize? _renderSize;
    private bool _isSeeded;
    private bool _begun;

    /// <summary>Starts the process and makes the copy.</summary>
    /// <param name="setup">The environment; frames are not stacked here.</param>
    /// <param name="log">Receives what the process writes to standard error, on a thread of its own; null where nobody listens.</param>
    /// <exception cref="EnvironmentException">Python is missing, the environment cannot be made, or is none that DQN can learn.</exception>
    public GymnasiumEnvironment(GymnasiumSetup setup, Action<string>? log)
    {
        (_session, _isRendered) = Start(setup, log);
        ObservationSpace = _session.Ready.Observations.Space;
        ActionSpace = new DiscreteSpace(_session.Ready.ActionCount);
        _next = new float[_session.Ready.Observations.Space.Size];
    }

    /// <inheritdoc />
    public Space ObservationSpace { get; }

    /// <inheritdoc />
    public Space ActionSpace { get; }

    /// <inheritdoc />
    /// <remarks>Gymnasium tells it by a picture only: asked for before the first episode, an episode is begun for it.</remarks>
    public ImageSize? RenderSize => _isRendered ? _renderSize ??= Measure() : null;

    /// <inheritdoc />
    public void Seed(ulong seed, ulong index)
    {
        BridgeSeeds.Fill(seed, index, attempt: 0, _seed);
        _isSeeded = true;
    }

    /// <inheritdoc />
    public void Reset(Span<float> observation)
    {
        if (!_isSeeded)
        {
            throw new InvalidOperationException("an environment is seeded before its first reset: call Seed");
        }

        VectorArguments.RequireLength(observation.Length, _next.Length, nameof(observation));
        Guarded(observation, static (environment, target) => environment._session.Reset(environment._seed, target));
        _seed[0] = GoesOn;
        _begun = true;
    }

    /// <inheritdoc />
    public StepResult Step(int action, Span<float> observation)
    {
        RequireBegun();
        VectorArguments.RequireLength(observation.Length, _next.Length, nameof(observation));
        if ((uint)action >= (uint)_session.Ready.ActionCount)
        {
            throw new ArgumentOutOfRangeException(nameof(action), action, $"actions are 0 to {_session.Ready.ActionCount - 1}");
        }

        _action[0] = action;
        Guarded(observation, static (environment, target) => environment._session.Step(
            environment._action, target, environment._reward, environment._terminated, environment._truncated, environment._next));
        return new StepResult(_reward[0], _terminated[0], _truncated[0]);
    }

    /// <inheritdoc />
    public void Render(Canvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        RequireBegun();
        if (!_isRendered)
        {
            throw new InvalidOperationException($"the environment cannot be drawn: it has no render mode {RenderMode}");
        }

        try
        {
            PictureScaling.Fit(_session.Render(0, out ImageSize size), size, canvas.Image);
        }
        catch (BridgeLostException exception)
        {
            throw new EnvironmentException(exception.Message, exception);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _session.Dispose();

    // An environment that takes no render_mode is made without.
    private static (BridgeSession Session, bool IsRendered) Start(GymnasiumSetup setup, Action<string>? log)
    {
        try
        {
            try
            {
                BridgeSession session = BridgeSession.Start(setup, copies: 1, isRendered: true, resetsItself: false, log);
                return (session, session.Ready.RenderModes.Contains(RenderMode));
            }
            catch (EnvironmentException exception) when (exception.InnerException is BridgeErrorException { Kind: "kwargs" or "dependency" })
            {
                return (BridgeSession.Start(setup, copies: 1, isRendered: false, resetsItself: false, log), false);
            }
        }
        catch (BridgeLostException exception)
        {
            throw new EnvironmentException($"environment {setup.Name} cannot be made: {exception.Message}", exception);
        }
    }

    private ImageSize Measure()
    {
        ImageSize measured = default;
        if (!_begun)
        {
            Guarded(_next, static (environment, target) => environment._session.Reset([0], target));
        }

        Guarded(default, (environment, _) => environment._session.Render(0, out measured));
        return measured;
    }

    private void Guarded(Span<float> target, Exchanging exchange)
    {
        try
        {
            exchange(this, target);
        }
        catch (BridgeLostException exception)
        {
            throw new EnvironmentException(exception.Message, exception);
        }
    }

    private void RequireBegun()
    {
        if (!_begun)
        {
            throw new InvalidOperationException("an environment is reset before its first step: call Reset");
        }
    }

    private delegate void Exchanging(GymnasiumEnvironment environment, Span<float> target);
}
