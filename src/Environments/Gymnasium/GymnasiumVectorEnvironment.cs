using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>
/// Copies of one of Python's Gymnasium environments, in one child process that resets finished ones in the same step. A child that dies or
/// does not answer is started again, with seeds that were not used before; an exception of the environment is not mended in this way, since
/// it would come again.
/// </summary>
internal sealed class GymnasiumVectorEnvironment : IVectorEnvironment
{
    private const int LongestDoubling = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private readonly GymnasiumSetup _setup;
    private readonly Action<string>? _log;
    private readonly RestartWindow _window;
    private readonly long[] _seeds;
    private BridgeSession _session;
    private ulong _seed;
    private ulong _firstIndex;
    private int _attempt;
    private bool _begun;

    /// <summary>Starts the process and makes the copies.</summary>
    /// <param name="setup">The environment.</param>
    /// <param name="count">Number of copies, at least 1.</param>
    /// <param name="log">Receives what the process writes to standard error, on a thread of its own; null where nobody listens.</param>
    /// <exception cref="EnvironmentException">Python is missing, the environment cannot be made, or is none that DQN can learn.</exception>
    public GymnasiumVectorEnvironment(GymnasiumSetup setup, int count, Action<string>? log)
    {
        _setup = setup;
        _log = log;
        _seeds = new long[count];
        _window = new RestartWindow(setup.Specification.MaxRestarts, setup.Specification.RestartWindow, TimeProvider.System);
        try
        {
            _session = BridgeSession.Start(setup, count, isRendered: false, resetsItself: true, log);
        }
        catch (BridgeLostException exception)
        {
            throw new EnvironmentException($"environment {setup.Name} cannot be made: {exception.Message}", exception);
        }

        ObservationSpace = _session.Ready.Observations.Space;
        ActionSpace = new DiscreteSpace(_session.Ready.ActionCount);
    }

    /// <inheritdoc />
    public int Count => _seeds.Length;

    /// <inheritdoc />
    public Space ObservationSpace { get; }

    /// <inheritdoc />
    public Space ActionSpace { get; }

    /// <summary>How often the process was started again.</summary>
    public int Restarts { get; private set; }

    /// <summary>The process that steps the copies now.</summary>
    internal int ProcessId => _session.ProcessId;

    private int ObservationSize => _session.Ready.Observations.Space.Size;

    /// <inheritdoc />
    public void Reset(ulong seed, ulong firstIndex, Span<float> observations)
    {
        VectorArguments.RequireLength(observations.Length, Count * ObservationSize, nameof(observations));
        (_seed, _firstIndex, _attempt) = (seed, firstIndex, 0);
        try
        {
            ResetAll(observations);
        }
        catch (BridgeLostException exception)
        {
            // No episode is lost where one had just been asked for.
            Replace(exception, observations);
        }

        _begun = true;
    }

    /// <inheritdoc />
    public void Step(
        ReadOnlySpan<int> actions,
        Span<float> observations,
        Span<double> rewards,
        Span<bool> terminated,
        Span<bool> truncated,
        Span<float> finalObservations)
    {
        VectorArguments.RequireBegun(_begun);
        VectorArguments.RequireStepArguments(
            Count, ObservationSize, _session.Ready.ActionCount, actions, observations, rewards, terminated, truncated, finalObservations);
        try
        {
            _session.Step(actions, observations, rewards, terminated, truncated, finalObservations);
        }
        catch (BridgeLostException exception)
        {
            string message = Replace(exception, observations);
            throw new EpisodesLostException(message, exception);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _session.Dispose();

    private void ResetAll(Span<float> observations)
    {
        BridgeSeeds.Fill(_seed, _firstIndex, _attempt, _seeds);
        _session.Reset(_seeds, observations);
    }

    /// <summary>Starts processes until one has begun new episodes, or there were too many.</summary>
    /// <returns>What happened, in one line.</returns>
    /// <exception cref="EnvironmentException">Too many were lost, or the environment cannot be made any more.</exception>
    private string Replace(BridgeLostException loss, Span<float> observations)
    {
        BridgeLostException first = loss;
        for (bool isReplaced = false; !isReplaced; isReplaced = TryReplace(ref loss, observations))
        {
            _session.Dispose();
            TimeSpan pause = _window.Count == 0 ? TimeSpan.Zero : FirstPause * Math.Pow(2, Math.Min(_window.Count - 1, LongestDoubling));
            if (!_window.TryAdd(loss.Message))
            {
                throw new EnvironmentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{loss.Message} (after {_window.Count} restarts in {_setup.Specification.RestartWindow.TotalMinutes} minutes, the limit dqn.environment.max-restarts)"),
                    loss);
            }

            Thread.Sleep(pause);
            Restarts++;
            _attempt++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{first.Message}: it was started again (restart {Restarts}), and its copies begin new episodes");
    }

    private bool TryReplace(ref BridgeLostException loss, Span<float> observations)
    {
        try
        {
            BridgeSession session = BridgeSession.Start(_setup, Count, isRendered: false, resetsItself: true, _log);
            BoxSpace before = _session.Ready.Observations.Space;
            int actions = _session.Ready.ActionCount;
            _session = session;
            if (!session.Ready.Observations.Space.Equals(before) || session.Ready.ActionCount != actions)
            {
                throw new EnvironmentException($"environment {_setup.Name} has other spaces since its Python process was started again: was a package replaced while the run went on?");
            }

            ResetAll(observations);
            return true;
        }
        catch (BridgeLostException exception)
        {
            loss = exception;
            return false;
        }
    }
}
