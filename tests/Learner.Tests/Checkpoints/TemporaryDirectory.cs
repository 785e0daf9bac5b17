namespace DqnAkka.Learner.Tests;

/// <summary>A new folder that goes with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("dqn-checkpoint-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
