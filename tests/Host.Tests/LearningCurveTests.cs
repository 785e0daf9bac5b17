using System.Buffers.Binary;
using DqnAkka.Actors;

namespace DqnAkka.Host.Tests;

public sealed class LearningCurveTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(5_000, 20)]
    public void A_picture_is_drawn_whatever_there_is_to_draw(int reports, int evaluations)
    {
        using TemporaryFolder folder = new();
        string path = folder.Sub("returns.png");
        LearningCurve curve = new(path, "cartpole", 475, message => Assert.Fail(message));
        curve.Report(Samples.Empty());
        for (int i = 0; i < reports; i++)
        {
            curve.Report(Samples.Report(i, 100 * i));
        }

        for (int i = 0; i < evaluations; i++)
        {
            curve.Evaluated(Samples.Evaluation(5_000 * i, 25 * i));
        }

        curve.Completed(new RunSummary { Reason = StopReason.Steps, Progress = Samples.Report() });

        byte[] image = File.ReadAllBytes(path);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], image[..8]);
        Assert.Equal(960, BinaryPrimitives.ReadInt32BigEndian(image.AsSpan(16)));
        Assert.Equal(600, BinaryPrimitives.ReadInt32BigEndian(image.AsSpan(20)));
        Assert.InRange(image.Length, 2_000, 500_000);
    }

    [Fact]
    public void A_picture_that_cannot_be_drawn_costs_one_warning()
    {
        using TemporaryFolder folder = new();
        List<string> warnings = [];
        string path = folder.Sub("missing/returns.png");
        new LearningCurve(path, "cartpole", double.NaN, warnings.Add).Completed(Samples.Summary(StopReason.Score));
        Assert.StartsWith($"the learning curve {path} could not be drawn: ", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', warnings[0]);
    }

    [Fact]
    public void A_long_run_keeps_evenly_spaced_points_within_the_bound()
    {
        ThinnedSeries series = new(8);
        for (int step = 0; step < 100; step++)
        {
            series.Add(step, step, 0);
        }

        double[] steps = [.. series.Points.Select(point => point.Step)];
        Assert.InRange(steps.Length, 4, 8);
        Assert.Single(steps.Zip(steps.Skip(1), (left, right) => right - left).Distinct());
        Assert.True(steps[^1] >= 100 - (2 * (steps[1] - steps[0])));
    }
}
