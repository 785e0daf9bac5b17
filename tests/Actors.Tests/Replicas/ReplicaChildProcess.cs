using System.Diagnostics;
using System.Globalization;

namespace DqnAkka.Actors.Tests;

/// <summary>A process with a replica: the test assembly, started with the learner's path in the environment. It ends with its standard input.</summary>
internal sealed class ReplicaChildProcess : IDisposable
{
    public const string PathVariable = "DQN_REPLICA_OF";
    public const string LastVariable = "DQN_REPLICA_DIES_AT";
    private readonly Process _process;

    private ReplicaChildProcess(Process process) => _process = process;

    /// <summary>Starts one.</summary>
    /// <param name="groupPath">The path of the group's actor.</param>
    /// <param name="diesAt">The gradient in the middle of which it kills itself; 0 for none.</param>
    public static ReplicaChildProcess Start(string groupPath, int diesAt = 0)
    {
        string[] arguments = [typeof(ReplicaChildProcess).Assembly.Location, "--explicit", "only", "--filter-method", $"*{nameof(ReplicaChild)}.{nameof(ReplicaChild.Replicates)}"];
        ProcessStartInfo start = new("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[PathVariable] = groupPath;
        start.Environment[LastVariable] = diesAt.ToString(CultureInfo.InvariantCulture);
        Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        return new ReplicaChildProcess(process);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}

/// <summary>What the other process does. A test that only such a process runs, since threads cannot use an assembly whose initializer has not ended.</summary>
public sealed class ReplicaChild
{
    [Fact(Explicit = true)]
    public async Task Replicates()
    {
        string path = Environment.GetEnvironmentVariable(ReplicaChildProcess.PathVariable) ?? "";
        Assert.SkipWhen(path.Length == 0, "there is no learner to replicate");
        int diesAt = int.Parse(Environment.GetEnvironmentVariable(ReplicaChildProcess.LastVariable)!, CultureInfo.InvariantCulture);
        await using ReplicaSystem replica = ReplicaSystem.Start(path, () => new HookedTrainer(ReplicatedRun.CreateTrainer(isLearner: false))
        {
            BeforeGradient = number =>
            {
                if (number == diesAt)
                {
                    Process.GetCurrentProcess().Kill();
                }
            },
        });
        await Console.In.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
