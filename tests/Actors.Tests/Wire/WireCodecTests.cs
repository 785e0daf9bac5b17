namespace DqnAkka.Actors.Tests;

public sealed class WireCodecTests
{
    private static readonly string[] MayBeDefault =
        ["TransitionBatch.AbsoluteTdErrors", "TransitionBatch.Windows", "ObservationFormat.Type", "ObservationFormat.IsShared"];

    private static IEnumerable<Type> WireTypes => typeof(IWireMessage).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IWireMessage)));

    public static TheoryData<string> Types => [.. WireTypes.Select(type => type.FullName!)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_message_that_leaves_a_node_comes_back_as_it_was(string type)
    {
        IWireMessage[] examples = [.. Examples.All.Where(example => example.GetType().FullName == type)];
        Assert.True(examples.Length > 0, $"{type} has no example");
        Assert.All(examples, example =>
        {
            byte[] frame = WireCodec.Encode(example);
            Assert.Equal(Structure.Of(example), Structure.Of(WireCodec.Decode(WireCodec.Manifest(example), frame)));
            Assert.Equal(WireCodec.Size(example), frame.Length);
        });
    }

    [Fact]
    public void The_examples_leave_no_field_at_its_default_where_a_field_left_out_would_not_be_seen()
    {
        // The flags of a node that answers are true, their default is not the type's.
        Assert.All(Examples.All, example => Assert.DoesNotContain(Structure.Defaults(example), name => !MayBeDefault.Contains(name)));
        NodeStatus silent = Examples.Status() with { IsReachable = false, HasAnswered = false, Runners = null, Mirror = null, Training = null };
        Assert.Equal(Structure.Of(silent), Structure.Of(WireCodec.Decode("QS", WireCodec.Encode(silent))));
    }

    [Fact]
    public void Manifests_are_short_and_each_names_one_message()
    {
        string[] manifests = [.. Examples.All.DistinctBy(example => example.GetType()).Select(WireCodec.Manifest)];
        Assert.All(manifests, manifest => Assert.InRange(manifest.Length, 1, 3));
        Assert.Equal(manifests.Length, manifests.Distinct().Count());
    }

    [Fact]
    public void The_bytes_of_a_format_that_nodes_of_one_version_share_do_not_change()
    {
        AssertBytes("C", new ReplayProtocol.Credit(1, 2, 3, 4, 5, true), "0300 01000000 0200000000000000 0300000000000000 0400000000000000 0500000000000000 01");
        AssertBytes("U", new ReplayProtocol.UpdatePriorities(1, 2, [3], [1.5f]), "0300 01000000 0200000000000000 01000000 0300000000000000 0000C03F");
        AssertBytes(
            "I",
            new ReplayProtocol.Insert(1, 2, 3, 4, 5, Learner.TransitionBatch.FromColumns(1, [0.5f], [7], [2], [0.25f], [1], [4]), 6),
            "0300 01000000 02000000 0300000000000000 0400000000000000 05000000 0600000000000000 00 01000000 01000000 01000000 02000000 00 01 0000003F 0000803F 07000000 00000040 0000803E 00 00008040");
        AssertBytes("MC", new SnapshotProtocol.Chunk(1, 2, 3, 4, new[] { 1f }), "0300 0100000000000000 0200000000000000 03000000 04000000 01000000 0000803F");
        AssertBytes("PN", new ProgressProtocol.Notice("ä"), "0300 0200 C3A4");
        AssertBytes(
            "J",
            new NodeProtocol.JoinRequest(1, 2, "p", "a", 3, 4, ["r"], new Dictionary<string, string> { ["k"] = "v" }),
            "0300 01000000 02000000 0100 70 0100 61 03000000 0400000000000000 01000000 0100 72 01000000 0100 6B 0100 76");
    }

    [Fact]
    public void A_message_longer_than_a_frame_is_not_encoded()
    {
        ReplayProtocol.UpdatePriorities update = new(0, 1, new long[6000], new float[6000]);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => WireCodec.Encode(update));
        Assert.Contains("UpdatePriorities of 72018 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_too_long_is_a_mistake_and_a_text_that_is_too_long_is_cut_at_a_whole_character()
    {
        Assert.Throws<ArgumentException>(() => WireCodec.Encode(new NodeProtocol.WhoIsThere(new string('a', WireFormat.MaxNameBytes + 1))));
        string line = "x" + string.Concat(Enumerable.Repeat("😀", 2000));
        ProgressProtocol.Notice cut = (ProgressProtocol.Notice)WireCodec.Decode("PN", WireCodec.Encode(new ProgressProtocol.Notice(line)));
        Assert.Equal("x" + string.Concat(Enumerable.Repeat("😀", (WireFormat.MaxTextBytes - 1) / 4)), cut.Message);
    }

    private static void AssertBytes(string manifest, IWireMessage message, string hexadecimal)
    {
        byte[] bytes = Convert.FromHexString(hexadecimal.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(manifest, WireCodec.Manifest(message));
        Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(WireCodec.Encode(message)));
        Assert.Equal(Structure.Of(message), Structure.Of(WireCodec.Decode(manifest, bytes)));
    }
}
