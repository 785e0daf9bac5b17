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
    [InlineData("policy-12.safetensors")]
    [InlineData("learner-12.safetensors")]
    [InlineData("manifest.json")]
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
    [InlineData("policy-12.safetensors")]
    [InlineData("learner-12.safetensors")]
    [InlineData("manifest.json")]
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
    [InlineData("policy-12.safetensors")]
    [InlineData("learner-12.safetensors")]
    public void A_missing_file_is_named(string name)
    {
        File.Delete(PathOf(name));
        Assert.Contains($"{PathOf(name)} is missing", Checkpoints.AssertRefused(() => _store.Load()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "is of format version 2, this program reads version 1")]
    [InlineData("\"format\": \"dqn-akka checkpoint\"", "\"format\": \"else\"", "is not the manifest of a checkpoint")]
    [InlineData("\"format\": \"dqn-akka checkpoint\"", "\"format\": 3", "is not the manifest of a checkpoint")]
    [InlineData("\"format\": \"dqn-akka checkpoint\"", "\"format\": \"\\ud800\"", "not a valid manifest")]
    [InlineData("  \"version\": 1,\n", "", "not a valid manifest")]
    [InlineData("\"version\": 1", "\"version\": \"1\"", "not a valid manifest")]
    [InlineData("\"version\": 1", "\"version\": 1, \"unknown\": 2", "not a valid manifest")]
    [InlineData("\"version\": 1", "\"version\": 1, \"seed\": 2", "not a valid manifest")]
    [InlineData("\"observation_size\": 3", "\"observation_size\": 0", "size below 1")]
    [InlineData("\"observation_size\": 3", "\"observation_size\": 2147483647", "size below 1 or too many")]
    [InlineData("\"observation_size\": 3", "\"observation_size\": 2147483648", "not a valid manifest")]
    [InlineData("\"observation_size\": 3", "\"observation_size\": 4", "does not fit its network")]
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
    [InlineData("\"file\": \"policy-12.safetensors\"", "\"file\": \"../policy-12.safetensors\"", "names a data file that is none")]
    [InlineData("\"file\": \"policy-12.safetensors\"", "\"file\": \"/etc/passwd\"", "names a data file that is none")]
    [InlineData("\"file\": \"policy-12.safetensors\"", "\"file\": \"learner-12.safetensors\"", "bytes where the manifest says")]
    [InlineData("\"file\": \"policy-12.safetensors\"", "\"file\": null", "not a valid manifest")]
    [InlineData("\"environment\": ", "\"environment\": {}, \"x\": ", "not a valid manifest")]
    public void A_sealed_manifest_that_lies_is_refused_and_the_lie_named(string old, string replacement, string fault)
    {
        string text = File.ReadAllText(PathOf("manifest.json"));
        Assert.Contains(old, text, StringComparison.Ordinal);
        byte[] bytes = Encoding.UTF8.GetBytes(text.Replace(old, replacement, StringComparison.Ordinal));
        ManifestCodec.Seal(bytes);
        File.WriteAllBytes(PathOf("manifest.json"), bytes);
        Assert.Contains(fault, Checkpoints.AssertRefused(() => _store.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_huge_manifest_is_refused_unread()
    {
        using (FileStream stream = File.OpenWrite(PathOf("manifest.json")))
        {
            stream.SetLength(10_000_000_000);
        }

        Assert.Contains("too long", Checkpoints.AssertRefused(() => _store.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_and_sealed_manifests_are_read_or_refused_but_nothing_else_happens()
    {
        byte[] valid = File.ReadAllBytes(PathOf("manifest.json"));
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
                    ManifestCodec.Decode(bytes, "some/manifest.json").Network.ToLayout();
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
