using DqnAkka.Actors;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>What <c>envs show</c> was asked.</summary>
/// <param name="Name">A registered id or a user's type; null where the configuration names it.</param>
/// <param name="Policy"><c>random</c>, <c>scripted</c>, or a checkpoint.</param>
/// <param name="Episodes">Number of episodes.</param>
/// <param name="FramesPerSecond">Steps a second in a terminal.</param>
/// <param name="Size">Columns and rows as typed; null for what fits.</param>
/// <param name="Configuration">Where the environment is described.</param>
internal sealed record EnvironmentShowRequest(
    string? Name, string Policy, int Episodes, int FramesPerSecond, string? Size, ConfigurationSource Configuration);

/// <summary>
/// Plays an environment in the terminal. In a pipe: one line for each episode, and with a size every frame before it, in letters.
/// </summary>
internal sealed class EnvironmentShowCommand(HostCollaborators collaborators, HostConsole console)
{
    private const string RandomPolicy = "random";
    private const string ScriptedPolicy = "scripted";
    private const int MaxEpisodes = 100_000;
    private const int MaxFramesPerSecond = 1_000;
    private static readonly ImageSize UsualSize = new(72, 30);

    /// <summary>Plays the episodes.</summary>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong.</exception>
    public async Task<int> RunAsync(EnvironmentShowRequest request, CancellationToken stop)
    {
        RequireRange("--episodes", request.Episodes, MaxEpisodes);
        RequireRange("--fps", request.FramesPerSecond, MaxFramesPerSecond);
        ImageSize? asked = SizeText.Read(request.Size, 1, 1_000, "columns and rows of text", "60x20");
        using TrainedAgent? agent = Agent(request);
        ResolvedConfiguration? own = agent is null
            ? NamedEnvironment.Resolve(request.Name, NamedEnvironment.Over("envs show", request.Name, request.Configuration))
            : null;
        TrainingOptions options = agent?.Options ?? own!.Options;
        EnvironmentSpecification specification = options.Environment;
        (_, int actionCount) = collaborators.Environments.RequireSpaces(specification);
        ActionChoice choose = agent is not null ? ActionChoices.Greedy(agent.Policy)
            : request.Policy == RandomPolicy ? ActionChoices.Random(actionCount, options.Run.Seed)
            : collaborators.Environments.FindScriptedPolicy(specification) is { } scripted ? scripted.Act
            : throw new UserErrorException($"--policy {ScriptedPolicy}: {specification.DisplayName} has no scripted policy (those that do: {Scripted()}): give {RandomPolicy} or a checkpoint");
        ImageSize? picture = PictureSize(specification);
        ImageSize? room = asked ?? (console.IsTerminal ? console.Size?.Invoke() ?? UsualSize : null);
        TerminalFrame? frame = picture is { } size && room is { } fits ? new TerminalFrame(size, fits.Width, fits.Height) : null;
        if (picture is null && room is not null)
        {
            await console.Error.WriteLineAsync($"warning: {specification.DisplayName} cannot be drawn, it is no IRenderable: only its returns are shown").ConfigureAwait(false);
        }

        for (int number = 1; number <= request.Episodes; number++)
        {
            using Episode episode = new(
                collaborators.Environments.Create(specification), specification.DisplayName, choose, options.Run.Seed, SeedStreams.EvaluationCommand + (ulong)(number - 1));
            if (frame is not null)
            {
                await WatchAsync(episode, frame, request.FramesPerSecond, number, stop).ConfigureAwait(false);
            }

            while (!episode.HasEnded)
            {
                stop.ThrowIfCancellationRequested();
                episode.Step();
            }

            await console.Output.WriteLineAsync(episode.Line(number)).ConfigureAwait(false);
        }

        return ExitCode.Done;
    }

    private static void RequireRange(string option, int value, int largest)
    {
        if (value < 1 || value > largest)
        {
            throw new UserErrorException($"{option} {value} is out of range: give 1 to {largest}");
        }
    }

    private TrainedAgent? Agent(EnvironmentShowRequest request)
    {
        if (request.Policy is RandomPolicy or ScriptedPolicy)
        {
            return null;
        }

        if (!Path.Exists(request.Policy))
        {
            throw new UserErrorException($"--policy {request.Policy} is none, and no checkpoint either: give {RandomPolicy}, {ScriptedPolicy} or a run's folder");
        }

        // Where nothing names an environment, the checkpoint's own is shown.
        ConfigurationSource source = request.Name is null ? request.Configuration : NamedEnvironment.Over("envs show", request.Name, request.Configuration);
        return TrainedAgent.Load(collaborators, console, request.Policy, isBest: false, source);
    }

    private string Scripted() =>
        string.Join(", ", collaborators.Environments.List().Where(entry => entry.HasScriptedPolicy).Select(entry => entry.Id)) is { Length: > 0 } ids ? ids : "none";

    private ImageSize? PictureSize(EnvironmentSpecification specification)
    {
        IEnvironment environment = collaborators.Environments.Create(specification);
        using IDisposable? disposable = environment as IDisposable;
        return (environment as IRenderable)?.RenderSize;
    }

    private async Task WatchAsync(Episode episode, TerminalFrame frame, int framesPerSecond, int number, CancellationToken stop)
    {
        using PeriodicTimer pace = new(TimeSpan.FromSeconds(1.0 / framesPerSecond));
        TextWriter output = console.Output;
        bool isFirst = true;
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                episode.Render(frame.Canvas);
                string caption = FormattableString.Invariant($"episode {number} step {episode.Steps} return {CaptionedFrame.ScoreText(episode.Return)}");
                if (console.IsTerminal)
                {
                    // Each frame over the one before; no cursor blinks in it.
                    string over = isFirst ? "\e[?25l" : $"\e[{frame.Rows + 1}A\r";
                    await output.WriteAsync($"{over}{frame.Colored()}\e[K{caption}\n").ConfigureAwait(false);
                    await output.FlushAsync(stop).ConfigureAwait(false);
                    await pace.WaitForNextTickAsync(stop).ConfigureAwait(false);
                }
                else
                {
                    await output.WriteAsync($"{frame.Plain()}{caption}\n").ConfigureAwait(false);
                }

                isFirst = false;
                if (episode.HasEnded)
                {
                    return;
                }

                episode.Step();
            }
        }
        finally
        {
            if (console.IsTerminal)
            {
                await output.WriteAsync("\e[0m\e[?25h").ConfigureAwait(false);
                await output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
