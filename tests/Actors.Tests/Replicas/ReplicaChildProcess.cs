using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>A process with a replica: the test assembly, started with the learner's path in the environment. It ends with its standard input.</summary>
internal sealed class ReplicaChildProcess : IDisposable
{
    private const string PathVariable = "DQN_REPLICA_OF";
    private const string LastVariable = "DQN_REPLICA_DIES_AT";
    private readonly Process _process;

    private ReplicaChildProcess(Process process) => _process = process;

    /// <summary>Starts one.</summary>
    /// <param name="groupPath">The path of the group's actor.</param>
    /// <param name="diesAt">The gradient in the middle of which it kills itself; 0 for none.</param>
    public static ReplicaChildProcess Start(string groupPath, int diesAt = 0)
    {
        ProcessStartInfo start = new("dotnet", [typeof(ReplicaChildProcess).Assembly.Location]) { RedirectStandardInput = true };
        start.Environment[PathVariable] = groupPath;
        start.Environment[LastVariable] = diesAt.ToString(CultureInfo.InvariantCulture);
        return new ReplicaChildProcess(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start"));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Before anything of the test framework starts.</summary>
    [ModuleInitializer]
    internal static void ReplicateWhereAsked()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is not { Length: > 0 } path)
        {
            return;
        }

        int diesAt = int.Parse(Environment.GetEnvironmentVariable(LastVariable)!, CultureInfo.InvariantCulture);
        ReplicaSystem.Start(path, () => new HookedTrainer(ReplicatedRun.CreateTrainer(isLearner: false))
        {
            BeforeGradient = number =>
            {
                if (number == diesAt)
                {
                    Process.GetCurrentProcess().Kill();
                }
            },
        });
        Console.In.ReadToEnd();
        Environment.Exit(0);
    }
}
