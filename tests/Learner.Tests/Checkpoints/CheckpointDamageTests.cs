using System.Text;
using CsCheck;

namespace DqnAkka.Learner.Tests;

public sealed class CheckpointDamageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly CheckpointStore _store;

    public CheckpointDamageTests()
    {
        _store = new CheckpointStore(_directory.Path);
        _store.Save(Checkpoints.Content(12));
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("policy-1.safetensors")]
    [InlineData("learner-1.safetensors")]
    [InlineData("attachment-1-replay-0.bin")]
    [InlineData("manifest-1.json")]
    public void A_file_cut_anywhere_is_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(PathOf(name));
        for (int length = 0; length < whole.Length; length += length < 64 || length > whole.Length - 64 ? 1 : 29)
        {
            File.WriteAllBytes(PathOf(name), whole[..length]);
            Assert.Contains(PathOf(name), Checkpoints.AssertRefused(() => _store.Load()).Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(PathOf(name), [.. whole, 0]);
        Checkpoints.AssertRefused(() => _store.Load());
    }

    [Theory]
    [InlineData("policy-1.safetensors")]
    [InlineData("learner-1.safetensors")]
    [InlineData("attachment-1-replay-0.bin")]
    [InlineData("manifest-1.json")]
    public void A_file_with_any_byte_altered_is_refused(string name)
    {
        byte[] whole = File.ReadAllBytes(PathOf(name));
        for (int position = 0; position < whole.Length; position++)
        {
            byte[] altered = [.. whole];
            altered[position] ^= (byte)(position % 3 == 0 ? 0x20 : 1 << (position % 8));
            File.WriteAllBytes(PathOf(name), altered);
            Assert.Contains(PathOf(name), Checkpoints.AssertRefused(() => _store.Load()).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("policy-1.safetensors")]
    [InlineData("learner-1.safetensors")]
    [InlineData("attachment-1-replay-0.bin")]
    public void A_missing_file_is_named(string name)
    {
        File.Delete(PathOf(name));
        Assert.Contains($"{PathOf(name)} is missing", Checkpoints.AssertRefused(() => _store.Load()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"version\": 3", "\"version\": 4", "is of format version 4, this program reads version 3")]
    [InlineData("\"format\": \"dqn-akka checkpoint\"", "\"format\": \"else\"", "is not the manifest of a checkpoint")]
    [InlineData("\"format\": \"dqn-akka checkpoint\"", "\"format\": 3", "is not the manifest of a checkpoint")]
    [InlineData("\"format\": \"dqn-akka checkpoint\"", "\"format\": \"\\ud800\"", "not a valid manifest")]
    [InlineData("  \"version\": 3,\n", "", "not a valid manifest")]
    [InlineData("\"version\": 3", "\"version\": \"3\"", "not a valid manifest")]
    [InlineData("\"version\": 3", "\"version\": 3, \"unknown\": 2", "not a valid manifest")]
    [InlineData("\"version\": 3", "\"version\": 3, \"seed\": 2", "not a valid manifest")]
    [InlineData("\"shape\": [\n      3,", "\"shape\": [\n      0,", "size below 1")]
    [InlineData("\"shape\": [\n      3,", "\"shape\": [\n      2147483647,", "size below 1 or too many")]
    [InlineData("\"shape\": [\n      3,", "\"shape\": [\n      2147483648,", "not a valid manifest")]
    [InlineData("\"shape\": [\n      3,", "\"shape\": [\n      4,", "does not fit its network")]
    [InlineData("\"shape\": [\n      3,\n      1,\n      1\n    ]", "\"shape\": [3]", "size below 1")]
    [InlineData("\"shape\": [\n      3,\n      1,\n      1\n    ]", "\"shape\": null", "not a valid manifest")]
    [InlineData("\"stack\": 1", "\"stack\": 0", "size below 1")]
    [InlineData("\"observation\": \"float32\"", "\"observation\": \"float8\"", "not a valid manifest")]
    [InlineData("\"kind\": \"mlp\"", "\"kind\": \"lstm\"", "not a valid manifest")]
    [InlineData("\"random_states\": {", "\"random_states\": { \"a\": \"00\",", "state is no state")]
    [InlineData("\"random_states\": {", "\"random_states\": { \"a\": null,", "state is no state")]
    [InlineData("\"attachments\": {", "\"attachments\": { \"a\": null,", "an attachment has no file")]
    [InlineData("\"file\": \"attachment-1-replay-0.bin\"", "\"file\": \"attachment-1-/../../x.bin\"", "names a data file that is none")]
    [InlineData("\"action_count\": 2", "\"action_count\": -2", "size below 1")]
    [InlineData("\"action_count\": 2", "\"action_count\": 100000000", "does not fit its network")]
    [InlineData("\"dueling\": true", "\"dueling\": false", "does not fit its network")]
    [InlineData("\"dueling\": true", "\"dueling\": null", "not a valid manifest")]
    [InlineData("\"activation\": \"tanh\"", "\"activation\": \"softsign\"", "not a valid manifest")]
    [InlineData("\"activation\": \"tanh\"", "\"activation\": 1", "not a valid manifest")]
    [InlineData("\"hidden\": [\n      4\n    ]", "\"hidden\": []", "size below 1")]
    [InlineData("\"hidden\": [\n      4\n    ]", "\"hidden\": [4, -4]", "size below 1")]
    [InlineData("\"hidden\": [\n      4\n    ]", "\"hidden\": null", "not a valid manifest")]
    [InlineData("\"hidden\": [\n      4\n    ]", "\"hidden\": [2147483647, 2147483647]", "too many parameters")]
    [InlineData("\"updates\": 12,\n    \"data\"", "\"updates\": -12,\n    \"data\"", "-12 updates")]
    [InlineData("\"file\": \"policy-1.safetensors\"", "\"file\": \"../policy-1.safetensors\"", "names a data file that is none")]
    [InlineData("\"file\": \"policy-1.safetensors\"", "\"file\": \"/etc/passwd\"", "names a data file that is none")]
    [InlineData("\"file\": \"policy-1.safetensors\"", "\"file\": \"learner-1.safetensors\"", "bytes where the manifest says")]
    [InlineData("\"file\": \"policy-1.safetensors\"", "\"file\": null", "not a valid manifest")]
    [InlineData("\"environment\": ", "\"environment\": {}, \"x\": ", "not a valid manifest")]
    public void A_sealed_manifest_that_lies_is_refused_and_the_lie_named(string old, string replacement, string fault)
    {
        string text = File.ReadAllText(PathOf("manifest-1.json"));
        Assert.Contains(old, text, StringComparison.Ordinal);
        byte[] bytes = Encoding.UTF8.GetBytes(text.Replace(old, replacement, StringComparison.Ordinal));
        ManifestCodec.Seal(bytes);
        File.WriteAllBytes(PathOf("manifest-1.json"), bytes);
        Assert.Contains(fault, Checkpoints.AssertRefused(() => _store.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_manifest_is_refused_unread()
    {
        using (FileStream stream = File.OpenWrite(PathOf("manifest-1.json")))
        {
            stream.SetLength(10_000_000_000);
        }

        Assert.Contains("too long", Checkpoints.AssertRefused(() => _store.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_checkpoint_is_passed_over_for_the_one_before_with_one_line()
    {
        string[] names = ["manifest-2.json", "policy-2.safetensors", "learner-2.safetensors", "attachment-2-replay-0.bin"];
        _store.Save(Checkpoints.Content(13));
        foreach (string name in names)
        {
            byte[] whole = File.ReadAllBytes(PathOf(name));
            (string Damage, Action Do)[] damages =
            [
                ("cut", () => File.WriteAllBytes(PathOf(name), whole[..(whole.Length / 2)])),
                ("emptied", () => File.WriteAllBytes(PathOf(name), [])),
                ("altered", () => File.WriteAllBytes(PathOf(name), [.. whole[..^20], (byte)(whole[^20] ^ 1), .. whole[^19..]])),
                ("lengthened", () => File.WriteAllBytes(PathOf(name), [.. whole, 0])),
            ];
            foreach ((string damage, Action apply) in damages)
            {
                apply();
                LoadedCheckpoint loaded = _store.Load();
                Checkpoints.AssertEqual(Checkpoints.Content(12), loaded.Content);
                Assert.Equal(PathOf("manifest-1.json"), loaded.ManifestPath);
                string notice = Assert.Single(loaded.Notices);
                Assert.True(notice.Contains(PathOf(name), StringComparison.Ordinal), damage);
                Assert.EndsWith("; manifest-1.json is used instead", notice, StringComparison.Ordinal);
                Assert.DoesNotContain("use another", notice, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', notice);
            }

            File.WriteAllBytes(PathOf(name), whole);
            Assert.Empty(_store.Load().Notices);
        }
    }

    [Fact]
    public void Where_none_is_whole_the_newest_is_named_and_the_others_counted()
    {
        _store.Save(Checkpoints.Content(13));
        _store.Save(Checkpoints.Content(14));
        foreach (string path in Directory.GetFiles(_directory.Path, "learner-*"))
        {
            File.WriteAllBytes(path, []);
        }

        string message = Checkpoints.AssertRefused(() => _store.Load()).Message;
        Assert.Contains(PathOf("learner-3.safetensors"), message, StringComparison.Ordinal);
        Assert.EndsWith("the other 2 in " + _directory.Path + " are damaged too", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unfinished_checkpoint_is_told_and_the_one_before_is_used()
    {
        File.WriteAllText(PathOf("learner-2.safetensors.tmp"), "half");
        LoadedCheckpoint loaded = _store.Load();
        Checkpoints.AssertEqual(Checkpoints.Content(12), loaded.Content);
        Assert.Equal($"checkpoint 2 in {_directory.Path} was not finished, or is being written; manifest-1.json is used instead", Assert.Single(loaded.Notices));
        Assert.Equal(2, _store.Save(Checkpoints.Content(13)).Number);
        Assert.Empty(_store.Load().Notices);
        Assert.False(File.Exists(PathOf("learner-2.safetensors.tmp")));
    }

    [Fact]
    public void Of_a_checkpoint_that_is_named_nothing_is_said_of_the_others()
    {
        _store.Save(Checkpoints.Content(13));
        File.WriteAllText(PathOf("policy-3.safetensors.tmp"), "");
        Assert.Empty(CheckpointStore.Open(PathOf("manifest-1.json")).Load().Notices);
        Assert.Single(_store.Load().Notices);
    }

    [Theory]
    [InlineData("policy-2.safetensors")]
    [InlineData("manifest-2.json")]
    public void A_checkpoint_that_cannot_be_read_is_passed_over(string name)
    {
        _store.Save(Checkpoints.Content(13));
        using (new FileStream(PathOf(name), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            LoadedCheckpoint loaded = _store.Load();
            Assert.Equal(12, loaded.Content.Learner!.Updates);
            Assert.Contains("cannot be read", Assert.Single(loaded.Notices), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_manifest_that_cannot_be_read_just_now_is_not_deleted()
    {
        CheckpointStore store = new(_directory.Path, keep: 1);
        store.Save(Checkpoints.Content(13) with { Evaluation = null });
        using (new FileStream(PathOf("manifest-1.json"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            store.Save(Checkpoints.Content(14) with { Evaluation = null });
        }

        Assert.Equal(12, store.Load(CheckpointChoice.Best).Content.Learner!.Updates);
        Assert.Equal(14, store.Load().Content.Learner!.Updates);
    }

    [Fact]
    public void Another_versions_checkpoint_is_not_passed_over_for_an_older_one()
    {
        _store.Save(Checkpoints.Content(13));
        byte[] bytes = Encoding.UTF8.GetBytes(File.ReadAllText(PathOf("manifest-2.json")).Replace("\"version\": 3", "\"version\": 9", StringComparison.Ordinal));
        ManifestCodec.Seal(bytes);
        File.WriteAllBytes(PathOf("manifest-2.json"), bytes);
        Assert.Contains("is of format version 9", Checkpoints.AssertRefused(() => _store.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_and_sealed_manifests_are_read_or_refused_but_nothing_else_happens()
    {
        byte[] valid = File.ReadAllBytes(PathOf("manifest-1.json"));
        (from edits in Gen.Select(Gen.Int[0, valid.Length - 100], Gen.OneOf(Gen.Byte, Gen.Const((byte)'9'), Gen.Const((byte)'"'))).Array[1, 3]
         from cut in Gen.OneOf(Gen.Const(0), Gen.Int[0, valid.Length - 100])
         select (edits, cut)).Sample(
            example =>
            {
                byte[] bytes = [.. valid];
                foreach ((int position, byte value) in example.edits)
                {
                    bytes[position] = value;
                }

                bytes = bytes[example.cut..];
                ManifestCodec.Seal(bytes);
                try
                {
                    ManifestCodec.Decode(bytes, "some/manifest-1.json").Network.ToLayout();
                }
                catch (CheckpointException exception)
                {
                    Assert.DoesNotContain('\n', exception.Message);
                }
            },
            iter: 10_000);
    }

    private string PathOf(string name) => Path.Combine(_directory.Path, name);
}
