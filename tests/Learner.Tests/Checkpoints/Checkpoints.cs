using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>Small checkpoints whose every element differs, and what a refusal must look like.</summary>
internal static class Checkpoints
{
    public static readonly NetworkLayout Layout = new(3, 2, new NetworkOptions { Hidden = [4], Activation = Activation.Tanh, Dueling = true });

    public static CheckpointContent Content(long updates, ulong seed = 1)
    {
        RandomSource random = new(seed, (ulong)updates);
        return new CheckpointContent
        {
            Created = new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.FromHours(2)),
            EnvironmentName = "CartPole-v1 \"é\"",
            Seed = ulong.MaxValue - seed,
            Layout = Layout,
            Policy = Vector(random),
            Learner = new TrainerState
            {
                Updates = updates,
                Online = Vector(random),
                Target = Vector(random),
                FirstMoments = Vector(random),
                SecondMoments = Vector(random),
            },
            Counters = new Dictionary<string, long> { ["steps"] = 10 * updates, ["updates"] = updates, ["inserts"] = long.MaxValue },
            Evaluation = new CheckpointEvaluation(9 * updates, 1, 123.45, double.NaN, -1.5, 500),
            ConfigurationHash = ConfigurationHash.Of([new("dqn.run.seed", $"{seed}")]),
            RandomStates = new Dictionary<string, RandomState> { ["learner"] = random.Capture() },
            Attachments = new Dictionary<string, CheckpointAttachment>
            {
                ["replay-0"] = CheckpointAttachment.From([.. Enumerable.Range(0, 100).Select(i => (byte)(i + updates))]),
            },
        };
    }

    public static void AssertEqual(CheckpointContent expected, CheckpointContent actual)
    {
        Assert.Equal(expected.Created, actual.Created);
        Assert.Equal(TimeSpan.Zero, actual.Created?.Offset ?? TimeSpan.Zero);
        Assert.Equal(expected.EnvironmentName, actual.EnvironmentName);
        Assert.Equal(expected.Seed, actual.Seed);
        Assert.Equal(expected.Layout.Description, actual.Layout.Description);
        Assert.Equal(expected.Policy, actual.Policy);
        Assert.Equal(expected.Counters, actual.Counters);
        Assert.Equal(expected.Evaluation, actual.Evaluation);
        Assert.Equal(expected.ConfigurationHash, actual.ConfigurationHash);
        Assert.Equal(expected.RandomStates, actual.RandomStates);
        Assert.Equal(expected.Attachments.Keys, actual.Attachments.Keys);
        Assert.All(expected.Attachments, attachment => Assert.Equal(BytesOf(attachment.Value), BytesOf(actual.Attachments[attachment.Key])));
        Assert.Equal(expected.Learner is null, actual.Learner is null);
        if (expected.Learner is not null && actual.Learner is not null)
        {
            Assert.Equal(expected.Learner.Updates, actual.Learner.Updates);
            Assert.Equal(expected.Learner.Online, actual.Learner.Online);
            Assert.Equal(expected.Learner.Target, actual.Learner.Target);
            Assert.Equal(expected.Learner.FirstMoments, actual.Learner.FirstMoments);
            Assert.Equal(expected.Learner.SecondMoments, actual.Learner.SecondMoments);
        }
    }

    public static CheckpointException AssertRefused(Action action)
    {
        CheckpointException exception = Assert.Throws<CheckpointException>(action);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.DoesNotContain('\r', exception.Message);
        Assert.InRange(exception.Message.Length, 20, 600);
        return exception;
    }

    private static byte[] BytesOf(CheckpointAttachment attachment)
    {
        using Stream stream = attachment.OpenRead();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static float[] Vector(RandomSource random)
    {
        float[] vector = new float[Layout.Length];
        foreach (ParameterSlot slot in Layout.Slots)
        {
            for (int i = 0; i < slot.Length; i++)
            {
                vector[slot.Offset + i] = (float)random.NextUniform(-2, 2);
            }
        }

        return vector;
    }
}
