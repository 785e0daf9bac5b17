using DqnAkka.Actors;
using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>What the <c>play</c> command was asked.</summary>
/// <param name="CheckpointPath">A run's folder, its checkpoints', or one checkpoint's manifest.</param>
/// <param name="Output">The file.</param>
/// <param name="Episodes">Number of episodes.</param>
/// <param name="FramesPerSecond">How fast the animation plays.</param>
/// <param name="Size">Size of the picture as typed; null for the environment's own.</param>
/// <param name="Configuration">Where the environment is described, over the run's own configuration.</param>
/// <param name="IsBest">Whether the best checkpoint by evaluation is meant and not the newest.</param>
/// <param name="IsForced">Whether a file that is there is replaced.</param>
internal sealed record PlayRequest(
    string CheckpointPath, string Output, int Episodes, int FramesPerSecond, string? Size, ConfigurationSource Configuration, bool IsBest, bool IsForced);

/// <summary>Records greedy episodes of a checkpoint's policy.</summary>
internal sealed class PlayCommand(HostCollaborators collaborators, HostConsole console)
{
    private const int MaxEpisodes = 1_000;
    private const int MaxFramesPerSecond = 50;
    private const int SmallestSide = 16;
    private const int LargestSide = 2_048;
    private const int StripSide = 240;
    private const long MaxStripPixels = 64_000_000;

    /// <summary>Plays the episodes, one line for each, and writes the file; it appears whole or not at all.</summary>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something in the input is wrong.</exception>
    public async Task<int> RunAsync(PlayRequest request, CancellationToken stop)
    {
        RequireRange("--episodes", request.Episodes, MaxEpisodes);
        RequireRange("--fps", request.FramesPerSecond, MaxFramesPerSecond);
        ImageSize? asked = SizeText.Read(request.Size, SmallestSide, LargestSide, "pixels", "300x200");
        bool isStrip = Path.GetExtension(request.Output).ToUpperInvariant() switch
        {
            ".GIF" => false,
            ".PNG" => true,
            _ => throw new UserErrorException($"--output {request.Output} is neither a .gif nor a .png: give agent.gif for an animation, agent.png for a strip of frames"),
        };
        string path = Path.GetFullPath(request.Output);
        OutputFile.RequireFree(path, request.IsForced);

        using TrainedAgent agent = TrainedAgent.Load(collaborators, console, request.CheckpointPath, request.IsBest, request.Configuration);
        CaptionedFrame frame = new(asked ?? (isStrip ? Shrink(RenderSize(agent)) : RenderSize(agent)));
        RequireRoom(request.Episodes, frame.Image.Size, isStrip);
        try
        {
            (int frames, long length) = await OutputFile.WriteAsync(path, request.IsForced, stream =>
            {
                IRecording recording = isStrip
                    ? new StripRecording(stream, frame.Image.Size)
                    : new GifRecording(stream, frame.Image.Size, request.FramesPerSecond);
                Play(agent, request.Episodes, frame, recording, stop);
                recording.Complete();
                return Task.FromResult((recording.Frames, stream.Length));
            }).ConfigureAwait(false);
            await console.Output.WriteLineAsync($"{frames} frames of {frame.Image.Size} pixels are in {path}, {length} bytes").ConfigureAwait(false);
            return ExitCode.Done;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await console.Error.WriteLineAsync($"error: {OutputFile.Problem(path, exception)}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private static void RequireRange(string option, int value, int largest)
    {
        if (value < 1 || value > largest)
        {
            throw new UserErrorException($"{option} {value} is out of range: give 1 to {largest}");
        }
    }

    private static void RequireRoom(int episodes, ImageSize frame, bool isStrip)
    {
        long pixels = (long)episodes * StripRecording.Columns * frame.Width * frame.Height;
        if (isStrip && pixels > MaxStripPixels)
        {
            throw new UserErrorException(
                $"--episodes {episodes} at {frame} are {pixels / 1_000_000} million pixels in one picture, more than {MaxStripPixels / 1_000_000} million: give fewer episodes, a smaller --size, or a .gif");
        }
    }

    private static ImageSize Shrink(ImageSize size)
    {
        double scale = Math.Min(1, StripSide / (double)Math.Max(size.Width, size.Height));
        return new ImageSize(Math.Max(SmallestSide, (int)(size.Width * scale)), Math.Max(SmallestSide, (int)(size.Height * scale)));
    }

    private ImageSize RenderSize(TrainedAgent agent)
    {
        IEnvironment environment = collaborators.Environments.Create(agent.Options.Environment);
        using IDisposable? disposable = environment as IDisposable;
        string name = agent.Options.Environment.DisplayName;
        ImageSize size = (environment as IRenderable)?.RenderSize
            ?? throw new UserErrorException($"environment {name} cannot be drawn: implement IRenderable, or see its returns with eval");
        return size is { Width: >= 1 and <= LargestSide, Height: >= 1 and <= LargestSide }
            ? size
            : throw new UserErrorException($"environment {name} has the RenderSize {size}, and each side must be from 1 to {LargestSide}: mend it, or give --size");
    }

    private void Play(TrainedAgent agent, int episodes, CaptionedFrame frame, IRecording recording, CancellationToken stop)
    {
        for (int number = 1; number <= episodes; number++)
        {
            // The copy and the stream of the same episode of eval: what is seen is what is counted there.
            using Episode episode = new(
                collaborators.Environments.Create(agent.Options.Environment),
                agent.Options.Environment.DisplayName,
                ActionChoices.Greedy(agent.Policy),
                agent.Options.Run.Seed,
                SeedStreams.EvaluationCommand + (ulong)(number - 1));
            Record(episode, number, frame, recording);
            while (!episode.HasEnded)
            {
                stop.ThrowIfCancellationRequested();
                episode.Step();
                if (episode.HasEnded || FrameThinning.Keeps(episode.Steps))
                {
                    Record(episode, number, frame, recording);
                }
            }

            console.Output.WriteLine(episode.Line(number));
        }
    }

    private static void Record(Episode episode, int number, CaptionedFrame frame, IRecording recording)
    {
        episode.Render(frame.Canvas);
        frame.Compose(number, episode.Steps, episode.Return);
        recording.Add(frame.Image, episode.HasEnded);
    }
}
