namespace DqnAkka.Host;

internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        using InterruptSignal signal = new();
        HostCollaborators collaborators = new(new TrainingSessionAdapter(), new NodeSession(), new EnvironmentSourceAdapter(), new CheckpointSourceAdapter());
        HostConsole console = new(Console.Out, Console.Error, !Console.IsOutputRedirected);
        return await new Application(collaborators, console).RunAsync(arguments, signal.Token).ConfigureAwait(false);
    }
}
