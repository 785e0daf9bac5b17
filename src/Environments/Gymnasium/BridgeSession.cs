using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DqnAkka.Environments;

/// <summary>Copies of one environment in one Python process, for as long as that lives. No step allocates. Used by one thread at a time.</summary>
internal sealed class BridgeSession : IDisposable
{
    private const string StartKey = "start-timeout-seconds";
    private const string StepKey = "step-timeout-seconds";
    private readonly BridgeProcess _process;
    private readonly GymnasiumSetup _setup;
    private readonly int _copies;

    private BridgeSession(BridgeProcess process, GymnasiumSetup setup, int copies, BridgeReady ready)
    {
        _process = process;
        _setup = setup;
        _copies = copies;
        Ready = ready;
    }

    /// <summary>What the process has made.</summary>
    public BridgeReady Ready { get; }

    /// <summary>The process's id.</summary>
    public int ProcessId => _process.Id;

    private TimeSpan StartLimit => _setup.Specification.StartTimeout;

    private int ObservationBytes => Ready.Observations.Bytes;

    /// <summary>Starts the process and lets it make the copies.</summary>
    /// <param name="setup">The environment.</param>
    /// <param name="copies">Number of copies.</param>
    /// <param name="isRendered">Whether pictures will be asked for.</param>
    /// <param name="resetsItself">Whether a copy whose episode ends is reset in the same step.</param>
    /// <param name="log">Receives what the process writes to standard error; null where nobody listens.</param>
    /// <exception cref="EnvironmentException">Python is missing, or the environment cannot be made.</exception>
    /// <exception cref="BridgeLostException">The process died or did not answer.</exception>
    public static BridgeSession Start(GymnasiumSetup setup, int copies, bool isRendered, bool resetsItself, Action<string>? log)
    {
        byte[] hello = BridgeHandshake.Hello(setup, copies, isRendered, resetsItself);
        EnvironmentSpecification specification = setup.Specification;
        BridgeProcess process = BridgeProcess.Start(specification.Python, setup.Name, log);
        try
        {
            process.SendScript(specification.StartTimeout);
            hello.CopyTo(process.Payload(hello.Length));
            BridgeReady ready = BridgeHandshake.Read(
                setup.Name,
                process.Exchange(BridgeMessage.Hello, hello.Length, BridgeMessage.Ready, BridgeProtocol.MaxJsonBytes, specification.StartTimeout, StartKey));
            return 2L * copies * ready.Observations.Bytes <= BridgeProtocol.MaxAnswerBytes
                ? new BridgeSession(process, setup, copies, ready)
                : throw new BridgeLostException($"the Python process of environment {setup.Name} declares observations of {ready.Observations.Bytes} bytes, too many for {copies} copies");
        }
        catch (BridgeErrorException exception)
        {
            process.Dispose();
            throw BridgeFailures.Translate(setup, exception);
        }
        catch (BridgeLostException exception)
        {
            // The program may be anything: it has not yet said that it is a Python.
            process.Dispose();
            throw new BridgeLostException($"{exception.Message} (dqn.environment.python is '{specification.Python}', which must be a Python 3 that has gymnasium and numpy)", exception);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Begins an episode in every copy.</summary>
    /// <param name="seeds">One seed for each copy; −1 goes on with its stream.</param>
    /// <param name="observations">Receives the first observations, [copies × size].</param>
    /// <exception cref="EnvironmentException">An environment raised an exception.</exception>
    /// <exception cref="BridgeLostException">The process died or did not answer.</exception>
    public void Reset(ReadOnlySpan<long> seeds, Span<float> observations)
    {
        Span<byte> payload = _process.Payload(_copies * (1 + sizeof(long)));
        payload[.._copies].Fill(1);
        MemoryMarshal.AsBytes(seeds[.._copies]).CopyTo(payload[_copies..]);
        int length = _copies * ObservationBytes;
        ReadOnlySpan<byte> answer = Exchange(BridgeMessage.Reset, payload.Length, BridgeMessage.ResetDone, length, StartLimit, StartKey);
        RequireLength(answer.Length, length);
        Decode(answer, observations);
    }

    /// <summary>Steps every copy.</summary>
    /// <param name="actions">One action for each copy.</param>
    /// <param name="observations">Receives the observations to act on next, [copies × size].</param>
    /// <param name="rewards">Receives the rewards.</param>
    /// <param name="terminated">Receives whether an episode reached a terminal state.</param>
    /// <param name="truncated">Receives whether an episode was cut.</param>
    /// <param name="finalObservations">Receives the last observations of episodes that ended.</param>
    /// <exception cref="EnvironmentException">An environment raised an exception, or gave a reward that is no finite number.</exception>
    /// <exception cref="BridgeLostException">The process died or did not answer.</exception>
    public void Step(
        ReadOnlySpan<int> actions,
        Span<float> observations,
        Span<double> rewards,
        Span<bool> terminated,
        Span<bool> truncated,
        Span<float> finalObservations)
    {
        MemoryMarshal.AsBytes(actions[.._copies]).CopyTo(_process.Payload(_copies * sizeof(int)));
        int flags = _copies * sizeof(double);
        int rows = flags + (2 * _copies);
        int shortest = rows + (_copies * ObservationBytes);
        ReadOnlySpan<byte> answer = Exchange(
            BridgeMessage.Step,
            _copies * sizeof(int),
            BridgeMessage.Stepped,
            checked(shortest + (_copies * ObservationBytes)),
            _setup.Specification.StepTimeout,
            StepKey);
        if (answer.Length < shortest)
        {
            throw WrongLength(answer.Length);
        }

        answer[..flags].CopyTo(MemoryMarshal.AsBytes(rewards));
        int ended = ReadFlags(answer.Slice(flags, _copies), answer.Slice(flags + _copies, _copies), terminated, truncated);
        RequireLength(answer.Length, shortest + (ended * ObservationBytes));
        RequireFinite(rewards, actions);
        Decode(answer[rows..], observations);
        int next = shortest;
        int size = Ready.Observations.Space.Size;
        for (int i = 0; i < _copies; i++)
        {
            if (terminated[i] || truncated[i])
            {
                Ready.Observations.Decode(answer.Slice(next, ObservationBytes), finalObservations.Slice(i * size, size));
                next += ObservationBytes;
            }
        }
    }

    /// <summary>Asks for a picture.</summary>
    /// <param name="copy">Of which copy.</param>
    /// <param name="size">Receives its size.</param>
    /// <returns>Its pixels, RGB, until the next call.</returns>
    /// <exception cref="EnvironmentException">The environment cannot be rendered.</exception>
    /// <exception cref="BridgeLostException">The process died or did not answer.</exception>
    public ReadOnlySpan<byte> Render(int copy, out ImageSize size)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_process.Payload(sizeof(int)), copy);
        ReadOnlySpan<byte> answer = Exchange(
            BridgeMessage.Render, sizeof(int), BridgeMessage.Rendered, BridgeProtocol.MaxPictureBytes, _setup.Specification.StepTimeout, StepKey);
        if (answer.Length < 2 * sizeof(int))
        {
            throw WrongLength(answer.Length);
        }

        size = new ImageSize(BinaryPrimitives.ReadInt32LittleEndian(answer), BinaryPrimitives.ReadInt32LittleEndian(answer[sizeof(int)..]));
        ReadOnlySpan<byte> pixels = answer[(2 * sizeof(int))..];
        return size.Width >= 1 && size.Height >= 1 && (long)size.Width * size.Height * 3 == pixels.Length ? pixels : throw WrongLength(answer.Length);
    }

    /// <inheritdoc />
    public void Dispose() => _process.Dispose();

    private ReadOnlySpan<byte> Exchange(BridgeMessage type, int length, BridgeMessage expected, int longest, TimeSpan limit, string key)
    {
        try
        {
            return _process.Exchange(type, length, expected, longest, limit, key);
        }
        catch (BridgeErrorException exception)
        {
            if (exception.Traceback.Length > 0)
            {
                _process.Log.Warn($"the environment's traceback: {exception.Traceback}");
            }

            throw BridgeFailures.Translate(_setup, exception);
        }
    }

    private static int ReadFlags(ReadOnlySpan<byte> terminations, ReadOnlySpan<byte> truncations, Span<bool> terminated, Span<bool> truncated)
    {
        int ended = 0;
        for (int i = 0; i < terminations.Length; i++)
        {
            terminated[i] = terminations[i] != 0;
            truncated[i] = truncations[i] != 0;
            ended += terminated[i] || truncated[i] ? 1 : 0;
        }

        return ended;
    }

    // Rewards are stored as float32, where a large float64 is infinite.
    private void RequireFinite(ReadOnlySpan<double> rewards, ReadOnlySpan<int> actions)
    {
        for (int i = 0; i < _copies; i++)
        {
            if (!float.IsFinite((float)rewards[i]))
            {
                throw new EnvironmentException(FormattableString.Invariant(
                    $"environment {_setup.Name} (copy {i}) returned {rewards[i]} as reward, after action {actions[i]}; it must be finite as float32"));
            }
        }
    }

    private void Decode(ReadOnlySpan<byte> rows, Span<float> observations)
    {
        int size = Ready.Observations.Space.Size;
        for (int i = 0; i < _copies; i++)
        {
            Ready.Observations.Decode(rows.Slice(i * ObservationBytes, ObservationBytes), observations.Slice(i * size, size));
        }
    }

    private void RequireLength(int length, int expected)
    {
        if (length != expected)
        {
            throw WrongLength(length);
        }
    }

    private BridgeLostException WrongLength(int length) =>
        new($"the Python process of environment {_setup.Name} (process {ProcessId}) sent an answer of {length} bytes, which is not as long as it must be");
}
