using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_was_saved_is_loaded()
    {
        CheckpointStore store = new(_directory.Path);
        Assert.False(store.Exists);
        CheckpointContent content = Checkpoints.Content(1_200);
        store.Save(content);
        Assert.True(store.Exists);
        Checkpoints.AssertEqual(content, new CheckpointStore(_directory.Path).Load().Content);
        Assert.Equal(["attachment-1-replay-0.bin", "learner-1.safetensors", "manifest-1.json", "policy-1.safetensors"], Names());
    }

    [Fact]
    public void A_policy_alone_is_a_checkpoint()
    {
        CheckpointContent content = Checkpoints.Content(7) with { Learner = null, Evaluation = null, Created = null, ConfigurationHash = null, Counters = new Dictionary<string, long>(), RandomStates = new Dictionary<string, RandomState>(), Attachments = new Dictionary<string, CheckpointAttachment>() };
        CheckpointStore store = new(_directory.Path);
        store.Save(content);
        Checkpoints.AssertEqual(content, store.Load().Content);
        Assert.Equal(["manifest-1.json", "policy-1.safetensors"], Names());
    }

    [Fact]
    public void Weights_lie_under_the_names_and_shapes_of_the_layout()
    {
        CheckpointContent content = Checkpoints.Content(5);
        new CheckpointStore(_directory.Path).Save(content);
        Assert.Equal(
            ["network.0.weight 4x3", "network.0.bias 4", "value.weight 1x4", "value.bias 1", "advantage.weight 2x4", "advantage.bias 2"],
            ReadTensors("policy-1.safetensors").Select(tensor => $"{tensor.Name} {string.Join('x', tensor.Shape)}"));
        PlainTensor bias = ReadTensors("learner-1.safetensors").Single(tensor => tensor.Name == "second_moments.advantage.bias");
        ParameterSlot slot = Checkpoints.Layout.Slots.Single(slot => slot.Name == "advantage.bias");
        Assert.Equal(content.Learner!.SecondMoments[slot.Offset..(slot.Offset + slot.Length)], bias.Values);
        Assert.Equal(24, ReadTensors("learner-1.safetensors").Count);
    }

    [Fact]
    public void A_reader_that_shares_nothing_with_this_one_finds_every_weight()
    {
        CheckpointContent content = Checkpoints.Content(5);
        new CheckpointStore(_directory.Path).Save(content);
        IReadOnlyList<PlainTensor> learner = ReadTensors("learner-1.safetensors");
        (string Prefix, float[] Vector, IReadOnlyList<PlainTensor> File)[] vectors =
        [
            ("", content.Policy, ReadTensors("policy-1.safetensors")),
            ("online.", content.Learner!.Online, learner),
            ("target.", content.Learner.Target, learner),
            ("first_moments.", content.Learner.FirstMoments, learner),
            ("second_moments.", content.Learner.SecondMoments, learner),
        ];
        foreach ((string prefix, float[] vector, IReadOnlyList<PlainTensor> file) in vectors)
        {
            foreach (ParameterSlot slot in content.Layout.Slots)
            {
                PlainTensor tensor = file.Single(tensor => tensor.Name == prefix + slot.Name);
                Assert.Equal(slot.Shape, tensor.Shape);
                Assert.Equal(vector[slot.Offset..(slot.Offset + slot.Length)], tensor.Values);
            }
        }
    }

    [Fact]
    public void The_newest_are_kept_and_the_users_files_stay()
    {
        File.WriteAllText(Path.Combine(_directory.Path, "policy-mine.safetensors"), "mine");
        CheckpointStore store = new(_directory.Path, keep: 2);
        for (long updates = 1; updates <= 5; updates++)
        {
            Assert.Equal(updates, store.Save(Unevaluated(updates)).Number);
            Checkpoints.AssertEqual(Unevaluated(updates), store.Load().Content);
            Assert.Equal([.. Enumerable.Range(1, (int)updates).TakeLast(2).Select(number => $"manifest-{number}.json")], Names("manifest-*"));
        }

        Assert.Equal(
            [.. from kind in (string[])["attachment-{0}-replay-0.bin", "learner-{0}.safetensors", "manifest-{0}.json", "policy-{0}.safetensors"]
                from number in (int[])[4, 5]
                select string.Format(System.Globalization.CultureInfo.InvariantCulture, kind, number), "policy-mine.safetensors"],
            Names());
    }

    [Fact]
    public void The_best_by_evaluation_stays_beside_the_newest()
    {
        CheckpointStore store = new(_directory.Path, keep: 1);
        double[] means = [double.NaN, 10, 30, 30, 20, 29];
        for (int i = 0; i < means.Length; i++)
        {
            store.Save(Evaluated(i + 1, means[i]));
        }

        Assert.Equal(["manifest-3.json", "manifest-6.json"], Names("manifest-*"));
        Assert.Equal(3, store.Load(CheckpointChoice.Best).Content.Learner!.Updates);
        Assert.Equal(6, store.Load().Content.Learner!.Updates);
        store.Save(Evaluated(7, 31));
        Assert.Equal(["manifest-7.json"], Names("manifest-*"));
        Assert.Equal(7, store.Load(CheckpointChoice.Best).Content.Learner!.Updates);
    }

    [Fact]
    public void A_damaged_best_is_passed_over_for_the_next_best()
    {
        CheckpointStore store = new(_directory.Path);
        store.Save(Evaluated(1, 20));
        store.Save(Evaluated(2, 30));
        store.Save(Evaluated(3, 10));
        File.WriteAllBytes(Path.Combine(_directory.Path, "policy-2.safetensors"), []);
        LoadedCheckpoint best = store.Load(CheckpointChoice.Best);
        Assert.Equal(1, best.Content.Learner!.Updates);
        Assert.Contains("policy-2.safetensors", Assert.Single(best.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_best_where_none_was_evaluated()
    {
        CheckpointStore store = new(_directory.Path);
        store.Save(Unevaluated(1));
        Assert.Contains("was evaluated", Checkpoints.AssertRefused(() => store.Load(CheckpointChoice.Best)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_checkpoint_takes_no_place_among_the_kept()
    {
        CheckpointStore store = new(_directory.Path, keep: 2);
        store.Save(Unevaluated(1));
        store.Save(Unevaluated(2));
        File.WriteAllText(Path.Combine(_directory.Path, "manifest-2.json"), "{");
        store.Save(Unevaluated(3));
        Assert.Equal(["manifest-1.json", "manifest-3.json"], Names("manifest-*"));
    }

    [Fact]
    public void The_content_hash_is_of_the_content_alone()
    {
        CheckpointContent content = Checkpoints.Content(3);
        string hash = new CheckpointStore(_directory.Path).Save(content).ContentHash;
        Assert.Matches("^[0-9a-f]{64}$", hash);
        using TemporaryDirectory other = new();
        CheckpointStore store = new(other.Path);
        store.Save(Checkpoints.Content(2));
        Dictionary<string, long> otherOrder = new(content.Counters.Reverse());
        Assert.Equal(hash, store.Save(Checkpoints.Content(3) with { Created = null, Counters = otherOrder }).ContentHash);
        Assert.Equal(hash, store.Load().ContentHash);
        CheckpointContent[] others =
        [
            Checkpoints.Content(4),
            content with { Seed = 1 },
            content with { ConfigurationHash = null },
            content with { Counters = new Dictionary<string, long>() },
            content with { RandomStates = new Dictionary<string, RandomState>() },
            content with { Attachments = new Dictionary<string, CheckpointAttachment> { ["replay-0"] = CheckpointAttachment.From([1]) } },
        ];
        Assert.All(others, different => Assert.NotEqual(hash, store.Save(different).ContentHash));
    }

    [Fact]
    public void An_attachment_is_written_and_read_as_a_stream()
    {
        byte[] block = new byte[100_000];
        CheckpointAttachment made = CheckpointAttachment.From(stream =>
        {
            for (int i = 0; i < 40; i++)
            {
                block.AsSpan().Fill((byte)i);
                stream.Write(block);
            }
        });
        CheckpointStore store = new(_directory.Path);
        store.Save(Checkpoints.Content(1) with { Attachments = new Dictionary<string, CheckpointAttachment> { ["replay-1"] = made } });
        CheckpointAttachment read = store.Load().Content.Attachments["replay-1"];
        for (int time = 0; time < 2; time++)
        {
            using Stream stream = read.OpenRead();
            Assert.Equal(4_000_000, stream.Length);
            stream.Position = 39 * 100_000;
            Assert.Equal(39, stream.ReadByte());
        }

        // What was loaded can be saved again, as it is.
        Assert.Equal(store.Load().ContentHash, store.Save(store.Load().Content).ContentHash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("Replay")]
    [InlineData("a--b")]
    [InlineData("a.bin")]
    [InlineData("0123456789012345678901234567890123456789x")]
    public void An_attachment_of_another_name_is_not_saved(string name) =>
        Assert.Throws<ArgumentException>(() => new CheckpointStore(_directory.Path).Save(
            Checkpoints.Content(1) with { Attachments = new Dictionary<string, CheckpointAttachment> { [name] = CheckpointAttachment.From([]) } }));

    [Fact]
    public void A_random_stream_goes_on_where_it_was()
    {
        RandomSource random = new(7, 3);
        random.NextDouble();
        CheckpointStore store = new(_directory.Path);
        store.Save(Checkpoints.Content(1) with { RandomStates = new Dictionary<string, RandomState> { ["learner"] = random.Capture() } });
        RandomSource other = new(1);
        other.Restore(store.Load().Content.RandomStates["learner"]);
        Assert.Equal(Enumerable.Range(0, 20).Select(_ => random.NextUInt64()).ToArray(), Enumerable.Range(0, 20).Select(_ => other.NextUInt64()).ToArray());
    }

    [Fact]
    public void A_checkpoint_is_found_from_its_own_and_from_the_runs_folder()
    {
        string checkpoint = Path.Combine(_directory.Path, "checkpoint");
        Assert.Contains(_directory.Path, Checkpoints.AssertRefused(() => CheckpointStore.Open(_directory.Path)).Message, StringComparison.Ordinal);
        new CheckpointStore(checkpoint).Save(Checkpoints.Content(1));
        Assert.Equal(checkpoint, CheckpointStore.Open(_directory.Path).DirectoryPath);
        Assert.Equal(checkpoint, CheckpointStore.Open(checkpoint).DirectoryPath);
    }

    [Fact]
    public void A_manifest_that_is_named_is_the_one_that_is_read()
    {
        CheckpointStore store = new(_directory.Path);
        store.Save(Evaluated(1, 1));
        store.Save(Evaluated(2, 2));
        string first = Path.Combine(_directory.Path, "manifest-1.json");
        LoadedCheckpoint named = CheckpointStore.Open(first).Load();
        Assert.Equal(1, named.Content.Learner!.Updates);
        Assert.Empty(named.Notices);
        Assert.Equal(1, CheckpointStore.Open(first).Load(CheckpointChoice.Best).Content.Learner!.Updates);
        File.WriteAllBytes(Path.Combine(_directory.Path, "policy-1.safetensors"), []);
        Checkpoints.AssertRefused(() => CheckpointStore.Open(first).Load());
        string policy = Path.Combine(_directory.Path, "policy-2.safetensors");
        Assert.Contains("not a checkpoint's manifest", Checkpoints.AssertRefused(() => CheckpointStore.Open(policy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_the_earlier_format_is_named_as_such()
    {
        File.WriteAllText(Path.Combine(_directory.Path, "manifest.json"), "{}");
        Assert.Contains("manifest.json is of an earlier version", Checkpoints.AssertRefused(() => CheckpointStore.Open(_directory.Path)).Message, StringComparison.Ordinal);
        Assert.True(new CheckpointStore(_directory.Path).HoldsEarlierFormat);
    }

    [Fact]
    public void A_folder_without_a_checkpoint_is_refused() =>
        Assert.Contains("there is no checkpoint in", Checkpoints.AssertRefused(() => new CheckpointStore(_directory.Path).Load()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_folder_that_cannot_be_made_is_refused()
    {
        string file = Path.Combine(_directory.Path, "file");
        File.WriteAllText(file, "");
        CheckpointStore store = new(Path.Combine(file, "checkpoint"));
        Assert.Contains("cannot be written", Checkpoints.AssertRefused(() => store.Save(Checkpoints.Content(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vectors_of_another_length_are_not_saved()
    {
        CheckpointStore store = new(_directory.Path);
        CheckpointContent content = Checkpoints.Content(1);
        Assert.Throws<ArgumentException>(() => store.Save(content with { Policy = new float[3] }));
        Assert.Throws<ArgumentException>(() => store.Save(content with { Learner = content.Learner! with { Target = new float[3] } }));
        Assert.Throws<ArgumentOutOfRangeException>(() => store.Save(content with { Learner = content.Learner! with { Updates = -1 } }));
        Assert.False(store.Exists);
    }

    [Fact]
    public void A_crash_after_any_step_leaves_the_old_or_the_new_checkpoint_whole()
    {
        bool finished = false;
        List<string> crashes = [];
        for (int lastStep = 1; !finished; lastStep++)
        {
            using TemporaryDirectory directory = new();
            CheckpointContent old = Unevaluated(1);
            CheckpointContent next = Unevaluated(2, seed: 9);
            new CheckpointStore(directory.Path, keep: 1).Save(old);
            List<string> steps = [];
            CheckpointStore crashing = new(directory.Path, keep: 1)
            {
                StepDone = step =>
                {
                    steps.Add(step);
                    if (steps.Count == lastStep)
                    {
                        throw new InvalidOperationException("crash");
                    }
                },
            };
            try
            {
                crashing.Save(next);
                finished = true;
            }
            catch (InvalidOperationException)
            {
                crashes.Add(steps[^1]);
            }

            LoadedCheckpoint loaded = new CheckpointStore(directory.Path).Load();
            bool isSealed = steps.Contains("renamed manifest-2.json");
            Checkpoints.AssertEqual(isSealed ? next : old, loaded.Content);
            Assert.Equal(isSealed ? 0 : 1, loaded.Notices.Count);

            CheckpointContent later = Unevaluated(2, seed: 10);
            new CheckpointStore(directory.Path, keep: 1).Save(later);
            Checkpoints.AssertEqual(later, new CheckpointStore(directory.Path).Load().Content);
            Assert.Equal(4, Directory.GetFiles(directory.Path).Length);
        }

        // Three data files and the manifest, each written and renamed, the folder flushed before and after the manifest, and four deletions.
        Assert.Equal(14, crashes.Count);
        Assert.Equal(["flushed", "written manifest-2.json", "renamed manifest-2.json", "flushed", "deleted manifest-1.json"], crashes[6..11]);
    }

    [Fact]
    public void A_crash_in_the_first_save_leaves_none_or_a_whole_one()
    {
        for (int lastStep = 1; lastStep <= 10; lastStep++)
        {
            using TemporaryDirectory directory = new();
            int steps = 0;
            CheckpointStore crashing = new(directory.Path)
            {
                StepDone = _ =>
                {
                    if (++steps == lastStep)
                    {
                        throw new InvalidOperationException("crash");
                    }
                },
            };
            Assert.Throws<InvalidOperationException>(() => crashing.Save(Checkpoints.Content(1)));
            CheckpointStore store = new(directory.Path);
            Assert.Equal(lastStep >= 9, store.Exists);
            if (store.Exists)
            {
                Checkpoints.AssertEqual(Checkpoints.Content(1), store.Load().Content);
            }
            else
            {
                Assert.Contains("was not finished", Checkpoints.AssertRefused(() => store.Load()).Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_reader_overtaken_by_a_save_reads_the_newer_checkpoint()
    {
        CheckpointStore writer = new(_directory.Path, keep: 1);
        writer.Save(Unevaluated(1));
        int reads = 0;
        CheckpointStore reader = new(_directory.Path)
        {
            StepDone = _ =>
            {
                if (++reads <= 3)
                {
                    writer.Save(Unevaluated(1 + reads));
                }
            },
        };
        LoadedCheckpoint loaded = reader.Load();
        Checkpoints.AssertEqual(Unevaluated(4), loaded.Content);
        Assert.Empty(loaded.Notices);
    }

    private static CheckpointContent Unevaluated(long updates, ulong seed = 1) => Checkpoints.Content(updates, seed) with { Evaluation = null };

    private static CheckpointContent Evaluated(long updates, double mean) =>
        Checkpoints.Content(updates) with { Evaluation = new CheckpointEvaluation(updates, 1, mean, 0, mean, mean) };

    private string[] Names(string pattern = "*") => [.. Directory.GetFiles(_directory.Path, pattern).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private IReadOnlyList<PlainTensor> ReadTensors(string name) => PlainSafeTensors.Read(Path.Combine(_directory.Path, name));
}
