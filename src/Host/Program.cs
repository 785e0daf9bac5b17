using DqnAkka.Environments;

namespace DqnAkka.Host;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using InterruptSignal signal = new();
        HostCollaborators collaborators = new(new TrainingSessionAdapter(), new NodeSession(), new EnvironmentSourceAdapter(), new CheckpointSourceAdapter());
        HostConsole console = new(Console.Out, Console.Error, !Console.IsOutputRedirected, WindowSize);
        return await new Application(collaborators, console).RunAsync(arguments, signal.Token).ConfigureAwait(false);
    }

    // Two rows are left: the line beneath the picture, and the one that the cursor is in.
    private static ImageSize WindowSize() => new(Math.Max(1, Console.WindowWidth - 1), Math.Max(1, Console.WindowHeight - 2));
}
