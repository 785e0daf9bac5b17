using DqnAkka.Environments;
using DqnAkka.Learner;
using SkiaSharp;

namespace DqnAkka.Host.Tests;

public sealed class PlayCommandTests
{
    [Fact]
    public async Task Greedy_episodes_are_an_animation_with_every_step()
    {
        using Host host = NewHost("CartPole-v1");
        string output = host.Folder.Sub("agent.gif");

        Assert.Equal((0, ""), (await Play(host, output, "--episodes", "2", "--size", "120x80"), host.Error.ToString()));

        // The fake policy always pushes right: some ten steps. A frame for each, and one for each beginning.
        string[] lines = host.Output.ToString().TrimEnd('\n').Split('\n');
        int[] steps = [.. lines[..2].Select((line, i) => Steps(line, i + 1, "terminated"))];
        Assert.All(steps, count => Assert.InRange(count, 8, 11));
        Assert.Equal($"{steps.Sum() + 2} frames of 120x113 pixels are in {output}, {new FileInfo(output).Length} bytes", lines[2]);
        using SKCodec codec = SKCodec.Create(output);
        Assert.Equal((steps.Sum() + 2, 120, 113), (codec.FrameCount, codec.Info.Width, codec.Info.Height));
        int[] delays = [.. codec.FrameInfo.Select(frame => frame.Duration)];
        Assert.InRange(delays.Sum(), 10 * ((steps.Sum() + 2) * 100 / 30) + 2_000, (10 * ((steps.Sum() + 2) * 100 / 30)) + 2_020);
        Assert.InRange(delays[steps[0]], 1_030, 1_040);
        Assert.Equal(["agent.gif"], Directory.GetFiles(host.Folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task The_same_seed_plays_the_same_file_and_another_one_another()
    {
        using Host host = NewHost("CartPole-v1");
        Assert.Equal(0, await Play(host, host.Folder.Sub("a.gif"), "--seed", "3", "--size", "60x40"));
        Assert.Equal(0, await Play(host, host.Folder.Sub("b.gif"), "--seed", "3", "--size", "60x40"));
        Assert.Equal(0, await Play(host, host.Folder.Sub("c.gif"), "--seed", "4", "--size", "60x40"));
        byte[][] files = [.. "abc".Select(name => File.ReadAllBytes(host.Folder.Sub($"{name}.gif")))];
        Assert.Equal(files[0], files[1]);
        Assert.NotEqual(files[0], files[2]);
    }

    [Fact]
    public async Task A_strip_has_a_row_for_each_episode_from_its_first_to_its_last_frame()
    {
        using Host host = NewHost("CartPole-v1");
        string output = host.Folder.Sub("agent.png");
        Assert.Equal((0, ""), (await Play(host, output, "--episodes", "2", "--size", "60x40"), host.Error.ToString()));
        Assert.StartsWith("16 frames of 60x73 pixels", host.Output.ToString().Split('\n')[2], StringComparison.Ordinal);
        using SKBitmap bitmap = SKBitmap.Decode(output);
        Assert.Equal((4 + (8 * 64), 4 + (2 * 77)), (bitmap.Width, bitmap.Height));
        Assert.Equal((new SKColor(208, 208, 208), SKColors.White), (bitmap.GetPixel(1, 1), bitmap.GetPixel(4, 4)));
    }

    [Fact]
    public async Task Long_episodes_are_thinned()
    {
        using Host host = new() { Environments = new FakeEnvironments { Single = () => new Lamp(3_000) } };
        string output = host.Folder.Sub("agent.gif");
        Assert.Equal((0, ""), (await Play(host, output, "--size", "16x16"), host.Error.ToString()));
        // 500 + 250 + 250 + 1000 / 8, and the last.
        using SKCodec codec = SKCodec.Create(output);
        Assert.Equal(1_126, codec.FrameCount);
    }

    [Fact]
    public async Task A_strip_of_a_long_episode_keeps_its_beginning_and_its_end()
    {
        using Host host = new() { Environments = new FakeEnvironments { Single = () => new Lamp(255) } };
        string output = host.Folder.Sub("agent.png");
        Assert.Equal((0, ""), (await Play(host, output, "--size", "16x16"), host.Error.ToString()));
        using SKBitmap bitmap = SKBitmap.Decode(output);
        int[] steps = [.. Enumerable.Range(0, 8).Select(column => (int)bitmap.GetPixel(4 + (20 * column), 4).Red)];
        Assert.Equal((0, 255), (steps[0], steps[^1]));
        Assert.All(steps.Zip(steps[1..]), pair => Assert.InRange(pair.Second - pair.First, 20, 55));
    }

    [Theory]
    [InlineData("agent.mp4 --seed 1", "--output {0}agent.mp4 is neither a .gif nor a .png: give agent.gif for an animation, agent.png for a strip of frames")]
    [InlineData("a.gif --fps 51", "--fps 51 is out of range: give 1 to 50")]
    [InlineData("a.gif --episodes 0", "--episodes 0 is out of range: give 1 to 1000")]
    [InlineData("a.gif --size 300", "--size 300 is no size: write WIDTHxHEIGHT in pixels, each 16 to 2048, for example --size 300x200")]
    [InlineData("a.gif --size 300x9000", "--size 300x9000 is no size: write WIDTHxHEIGHT in pixels, each 16 to 2048, for example --size 300x200")]
    [InlineData("a.png --size 2000x2000 --episodes 3", "--episodes 3 at 2000x2052 are 98 million pixels in one picture, more than 64 million: give fewer episodes, a smaller --size, or a .gif")]
    [InlineData("there.gif --seed 1", "--output {0}there.gif exists: give another name, or --force to replace it")]
    public async Task Bad_input_is_one_line_and_leaves_no_file(string arguments, string expected)
    {
        using Host host = NewHost("CartPole-v1");
        host.Folder.Write("there.gif", "precious");
        string[] words = arguments.Split(' ');
        Assert.Equal(2, await Play(host, host.Folder.Sub(words[0]), words[1..]));
        string folder = host.Folder.Path + Path.DirectorySeparatorChar;
        Assert.Equal($"error: {string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, folder)}\n", host.Error.ToString());
        Assert.Equal(["there.gif"], Directory.GetFiles(host.Folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task An_environment_that_cannot_be_drawn_is_one_line()
    {
        using Host host = new() { Environments = new FakeEnvironments { Single = () => new Lamp(3, canBeDrawn: false) } };
        Assert.Equal(2, await Play(host, host.Folder.Sub("a.gif"), "--set", "dqn.environment.id=Lamp-v0"));
        Assert.Equal("error: environment Lamp-v0 cannot be drawn: implement IRenderable, or see its returns with eval\n", host.Error.ToString());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(100_000, 2)]
    public async Task A_picture_of_no_usable_size_is_one_line(int width, int height)
    {
        using Host host = new() { Environments = new FakeEnvironments { Single = () => new Lamp(3) { RenderSize = new ImageSize(width, height) } } };
        Assert.Equal(2, await Play(host, host.Folder.Sub("a.gif"), "--set", "dqn.environment.id=Lamp-v0"));
        Assert.Equal($"error: environment Lamp-v0 has the RenderSize {width}x{height}, and each side must be from 1 to 2048: mend it, or give --size\n", host.Error.ToString());
        Assert.Equal(0, await Play(host, host.Folder.Sub("a.gif"), "--set", "dqn.environment.id=Lamp-v0", "--size", "32x32"));
    }

    [Fact]
    public async Task An_environment_that_breaks_is_one_line_and_leaves_no_file()
    {
        using Host host = new() { Environments = new FakeEnvironments { Single = () => new Lamp(3, breaksAt: 2) } };
        Assert.Equal(2, await Play(host, host.Folder.Sub("a.gif"), "--set", "dqn.environment.id=Lamp-v0"));
        Assert.Equal("error: environment Lamp-v0 failed in Step, after 1 steps of its episode: InvalidOperationException: the bulb burst\n", host.Error.ToString());
        Assert.Empty(Directory.GetFiles(host.Folder.Path));
    }

    [Fact]
    public async Task An_interruption_leaves_no_file()
    {
        using Host host = NewHost("CartPole-v1");
        host.Folder.Write("c/manifest.json", "{}");
        Assert.Equal(130, await host.Run(new CancellationToken(true), "play", "--checkpoint", host.Folder.Sub("c"), "--output", host.Folder.Sub("a.gif")));
        Assert.Empty(Directory.GetFiles(host.Folder.Path));
    }

    private static Host NewHost(string id) => new()
    {
        Checkpoints = new FakeCheckpoints(new NetworkLayout(4, 2, new NetworkOptions()), id),
        Environments = new FakeEnvironments(specification => new EnvironmentSourceAdapter().CreateVector(specification, 1)),
    };

    private static Task<int> Play(Host host, string output, params string[] more)
    {
        host.Folder.Write("c/manifest.json", "{}");
        return host.Run(["play", "--checkpoint", host.Folder.Sub("c"), "--output", output, .. more]);
    }

    private static int Steps(string line, int number, string end)
    {
        System.Text.RegularExpressions.Match match = System.Text.RegularExpressions.Regex.Match(line, $"^episode {number} return=(\\d+) steps=(\\d+) end={end}$");
        Assert.True(match.Success, line);
        Assert.Equal(match.Groups[1].Value, match.Groups[2].Value);
        return int.Parse(match.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <summary>Gets brighter with each step.</summary>
internal sealed class Lamp(int length, bool canBeDrawn = true, int breaksAt = 0) : IEnvironment, IRenderable
{
    private int _steps;

    public Space ObservationSpace { get; } = new BoxSpace([0, 0], [1, 1]);

    public Space ActionSpace { get; } = new DiscreteSpace(3);

    public ImageSize? RenderSize { get; init; } = canBeDrawn ? new ImageSize(32, 32) : null;

    public void Seed(ulong seed, ulong index)
    {
    }

    public void Reset(Span<float> observation)
    {
        _steps = 0;
        observation.Clear();
    }

    public StepResult Step(int action, Span<float> observation)
    {
        observation.Clear();
        return ++_steps == breaksAt ? throw new InvalidOperationException("the bulb\nburst") : new StepResult(1, _steps == length, false);
    }

    public void Render(Canvas canvas) => canvas.Clear(new RgbColor((byte)_steps, 0, 0));
}
