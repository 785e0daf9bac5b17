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
        Checkpoints.AssertEqual(content, new CheckpointStore(_directory.Path).Load());
        Assert.Equal(["learner-1200.safetensors", "manifest.json", "policy-1200.safetensors"], Names());
    }

    [Fact]
    public void A_policy_alone_is_a_checkpoint()
    {
        CheckpointContent content = Checkpoints.Content(7) with { Learner = null, Evaluation = null, Counters = new Dictionary<string, long>() };
        CheckpointStore store = new(_directory.Path);
        store.Save(content);
        Checkpoints.AssertEqual(content, store.Load());
        Assert.Equal(["manifest.json", "policy-0.safetensors"], Names());
    }

    [Fact]
    public void Weights_lie_under_the_names_and_shapes_of_the_layout()
    {
        CheckpointContent content = Checkpoints.Content(5);
        new CheckpointStore(_directory.Path).Save(content);
        Assert.Equal(
            ["network.0.weight 4x3", "network.0.bias 4", "value.weight 1x4", "value.bias 1", "advantage.weight 2x4", "advantage.bias 2"],
            ReadTensors("policy-5.safetensors").Select(tensor => $"{tensor.Name} {string.Join('x', tensor.Shape)}"));
        Float32Tensor bias = Assert.IsType<Float32Tensor>(ReadTensors("learner-5.safetensors").Single(tensor => tensor.Name == "second_moments.advantage.bias"));
        ParameterSlot slot = Checkpoints.Layout.Slots.Single(slot => slot.Name == "advantage.bias");
        Assert.Equal(content.Learner!.SecondMoments.AsSpan(slot.Offset, slot.Length), bias.Values.Span);
        Assert.Equal(24, ReadTensors("learner-5.safetensors").Count);
    }

    [Fact]
    public void A_newer_checkpoint_replaces_the_older_and_leaves_the_users_files()
    {
        string own = Path.Combine(_directory.Path, "policy-best.safetensors");
        File.WriteAllText(own, "mine");
        CheckpointStore store = new(_directory.Path);
        store.Save(Checkpoints.Content(1));
        store.Save(Checkpoints.Content(2));
        Checkpoints.AssertEqual(Checkpoints.Content(2), store.Load());
        Assert.Equal(["learner-2.safetensors", "manifest.json", "policy-2.safetensors", "policy-best.safetensors"], Names());
    }

    [Fact]
    public void The_same_updates_can_be_saved_again()
    {
        CheckpointStore store = new(_directory.Path);
        for (ulong seed = 1; seed <= 4; seed++)
        {
            store.Save(Checkpoints.Content(3, seed));
            Checkpoints.AssertEqual(Checkpoints.Content(3, seed), store.Load());
            Assert.Equal(3, Names().Length);
        }
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
        int crashes = 0;
        for (int lastStep = 1; !finished; lastStep++)
        {
            using TemporaryDirectory directory = new();
            CheckpointContent old = Checkpoints.Content(1);
            CheckpointContent next = Checkpoints.Content(lastStep % 2 == 0 ? 1 : 2, seed: 9);
            new CheckpointStore(directory.Path).Save(old);
            int steps = 0;
            bool manifestRenamed = false;
            CheckpointStore crashing = new(directory.Path)
            {
                StepDone = step =>
                {
                    manifestRenamed |= step == "renamed manifest.json";
                    if (++steps == lastStep)
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
                crashes++;
            }

            Checkpoints.AssertEqual(manifestRenamed ? next : old, new CheckpointStore(directory.Path).Load());

            CheckpointContent later = Checkpoints.Content(2, seed: 10);
            new CheckpointStore(directory.Path).Save(later);
            Checkpoints.AssertEqual(later, new CheckpointStore(directory.Path).Load());
            Assert.Equal(3, Directory.GetFiles(directory.Path).Length);
        }

        // Two data files and the manifest, each written and renamed, and two deletions.
        Assert.Equal(8, crashes);
    }

    [Fact]
    public void A_crash_in_the_first_save_leaves_none_or_a_whole_one()
    {
        for (int lastStep = 1; lastStep <= 6; lastStep++)
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
            Assert.Equal(lastStep == 6, store.Exists);
            if (store.Exists)
            {
                Checkpoints.AssertEqual(Checkpoints.Content(1), store.Load());
            }
        }
    }

    [Fact]
    public void A_reader_overtaken_by_a_save_reads_the_newer_checkpoint()
    {
        CheckpointStore writer = new(_directory.Path);
        writer.Save(Checkpoints.Content(1));
        int reads = 0;
        CheckpointStore reader = new(_directory.Path)
        {
            StepDone = _ =>
            {
                if (++reads <= 3)
                {
                    writer.Save(Checkpoints.Content(1 + reads));
                }
            },
        };
        Checkpoints.AssertEqual(Checkpoints.Content(4), reader.Load());
    }

    private string[] Names() => [.. Directory.GetFiles(_directory.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private IReadOnlyList<SafeTensor> ReadTensors(string name)
    {
        using FileStream stream = File.OpenRead(Path.Combine(_directory.Path, name));
        return SafeTensorsReader.Read(stream, name);
    }
}
