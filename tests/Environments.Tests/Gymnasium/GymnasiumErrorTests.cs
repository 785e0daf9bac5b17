namespace DqnAkka.Environments.Tests;

/// <summary>What goes wrong is one line that names the thing, the value and the remedy.</summary>
public sealed class GymnasiumErrorTests
{
    [Fact]
    public void A_missing_interpreter_is_named()
    {
        EnvironmentSpecification specification = PythonInterpreter.Of("CartPole-v1") with { Python = "no-such-python3" };
        AssertFails(specification, "environment.python is 'no-such-python3', which cannot be started", "set dqn.environment.python");
    }

    [Fact]
    public void A_program_that_is_no_Python_is_told_with_its_last_lines()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no /bin/cat");
        EnvironmentSpecification specification = PythonInterpreter.Of("CartPole-v1") with { Python = "/bin/cat" };
        AssertFails(specification, "environment gymnasium:CartPole-v1 cannot be made", "its last lines: ");
    }

    [Fact]
    public void An_unknown_id_has_the_nearest_named() =>
        AssertFails(PythonInterpreter.Of("CartPole-v7"), "CartPole-v7", "CartPole-v1");

    [Fact]
    public void No_id_is_told() => AssertFails(PythonInterpreter.Of(""), "environment.type is gymnasium but environment.id is empty");

    [Fact]
    public void Arguments_that_the_environment_refuses_are_named() =>
        AssertFails(PythonInterpreter.Of("CartPole-v1", ("gravitation", "3")), "CartPole-v1", "gravitation");

    [Fact]
    public void Continuous_actions_have_the_wrapper_named_that_makes_them_discrete() =>
        AssertFails(PythonInterpreter.Of("Pendulum-v1"), "Pendulum-v1", "DiscretizeAction(bins=5)");

    [Fact]
    public void Dictionary_observations_have_the_wrapper_named_that_flattens_them() =>
        AssertFails(PythonInterpreter.Scripted(("observation", "dictionary")), "FlattenObservation");

    [Fact]
    public void A_frame_stack_within_another_wrapper_is_refused() => AssertFails(
        PythonInterpreter.Scripted() with { Wrappers = ["FrameStackObservation(stack_size=2)", "ClipReward"] },
        "environment.wrappers has ClipReward around FrameStackObservation(stack_size=2)", "must be the last");

    [Fact]
    public void A_program_that_is_no_python_is_named_with_its_key() => AssertFails(
        PythonInterpreter.Of("CartPole-v1") with { Python = OperatingSystem.IsWindows() ? "where.exe" : "cat" },
        "dqn.environment.python is '", "must be a Python 3");

    [Fact]
    public void An_exception_in_a_step_arrives_with_its_traceback_and_is_not_repeated()
    {
        List<string> log = [];
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(
            PythonInterpreter.Scripted(("fault", "raise")), 2, line =>
            {
                lock (log)
                {
                    log.Add(line);
                }
            });
        VectorBuffers buffers = new(environment);
        environment.Reset(0, 0, buffers.Observations);
        buffers.Step(environment, [0, 0]);
        buffers.Step(environment, [0, 0]);
        EnvironmentException exception = Assert.Throws<EnvironmentException>(() => buffers.Step(environment, [1, 0]));
        Assert.Contains("failed in step with action 1 (copy 0): ValueError: the motor is on fire", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Contains("line", exception.InnerException!.ToString(), StringComparison.Ordinal);
        lock (log)
        {
            Assert.Contains(log, text => BridgeWarnings.IsWarning(text) && text.Contains("raise ValueError", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void An_exception_in_the_first_reset_is_told()
    {
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(PythonInterpreter.Scripted(("fault", "reset")), 1);
        EnvironmentException exception = Assert.Throws<EnvironmentException>(() => environment.Reset(0, 0, new float[3]));
        Assert.Contains("RuntimeError: no reset today", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_environment_prints_goes_to_the_log_and_corrupts_nothing()
    {
        using BlockingLog log = new();
        using IVectorEnvironment environment = EnvironmentFactory.CreateVector(PythonInterpreter.Scripted(("fault", "print")), 1, log.Add);
        VectorBuffers buffers = new(environment);
        environment.Reset(0, 0, buffers.Observations);
        for (int step = 1; step <= 5; step++)
        {
            buffers.Step(environment, [0]);
            Assert.Equal(step, buffers.Observations[2]);
        }

        log.WaitFor("a stray line");
        log.WaitFor("and another");
    }

    [Fact]
    public void A_protocol_of_another_version_or_nonsense_is_no_answer()
    {
        Assert.Throws<BridgeLostException>(() => BridgeHandshake.Read("x", "{\"protocol\": 2}"u8));
        Assert.Throws<BridgeLostException>(() => BridgeHandshake.Read("x", "[]"u8));
        Assert.Throws<BridgeLostException>(() => BridgeHandshake.Read("x", "{\"protocol\": 1, \"observation\": {\"type\": \"Box\"}}"u8));
        Assert.Throws<BridgeLostException>(() => BridgeHandshake.Read("x", "{"u8));
    }

    [Theory]
    [InlineData(103, 0, 7, 50, null)]
    [InlineData(199, 0, 7, 1 << 20, null)]
    [InlineData(102, 0, 7, 50, "a frame of type 102 instead of 103")]
    [InlineData(103, 1, 7, 50, "a frame of type 103 instead of 103")]
    [InlineData(103, 0, 8, 50, "an answer to request 8 instead of 7")]
    [InlineData(103, 0, 7, 101, "a frame of 101 bytes where at most 100 are expected")]
    [InlineData(199, 0, 7, (1 << 20) + 1, "a frame of 1048577 bytes where at most 1048576 are expected")]
    public void Headers_are_checked_before_anything_is_allocated(int type, int zero, int sequence, int length, string? complaint)
    {
        byte[] frame = new byte[BridgeProtocol.HeaderBytes];
        BridgeProtocol.WriteHeader(frame, (BridgeMessage)type, (uint)sequence, length);
        frame[6] = (byte)zero;
        Assert.Equal(complaint, BridgeProtocol.ReadHeader(frame, BridgeMessage.Stepped, 7, 100, out _, out int read));
        Assert.Equal(length, read);
    }

    [Theory]
    [InlineData("5", "5")]
    [InlineData("0.25", "0.25")]
    [InlineData("true", "true")]
    [InlineData("null", "null")]
    [InlineData("4x4", "\"4x4\"")]
    [InlineData("[1, \"a\"]", "[1,\"a\"]")]
    [InlineData("\"5\"", "\"5\"")]
    [InlineData("", "\"\"")]
    [InlineData("NaN", "\"NaN\"")]
    public void Arguments_are_what_they_read_as_in_JSON(string text, string json)
    {
        using MemoryStream stream = new();
        using (System.Text.Json.Utf8JsonWriter writer = new(stream))
        {
            BridgeValues.Write(writer, text);
        }

        Assert.Equal(json, System.Text.Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Equal($"[{json}]", GymnasiumArguments.ListText([text]));
    }

    private static void AssertFails(EnvironmentSpecification specification, params string[] parts)
    {
        foreach (Action make in (Action[])[
            () => EnvironmentFactory.CreateVector(specification, 1).Dispose(),
            () => EnvironmentFactory.RequireVectorObservationsAndDiscreteActions(specification),
            () => (EnvironmentFactory.Create(specification) as IDisposable)?.Dispose()])
        {
            EnvironmentException exception = Assert.Throws<EnvironmentException>(make);
            Assert.DoesNotContain('\n', exception.Message);
            Assert.All(parts, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
        }
    }

    private sealed class BlockingLog : IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<string> _lines = [];

        public void Add(string line) => _lines.Add(line);

        public void WaitFor(string expected)
        {
            Assert.True(_lines.TryTake(out string? line, TimeSpan.FromSeconds(30)));
            Assert.Equal(expected, line);
        }

        public void Dispose() => _lines.Dispose();
    }
}
