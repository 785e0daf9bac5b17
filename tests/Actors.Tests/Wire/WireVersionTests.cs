namespace DqnAkka.Actors.Tests;

public sealed class WireVersionTests
{
    private static readonly byte[] EncodedCredit = WireCodec.Encode(new ReplayProtocol.Credit(1, 2, 3, 4, 5, true));

    [Fact]
    public void A_message_of_a_newer_minor_version_is_read_where_it_is_known() =>
        Assert.IsType<ReplayProtocol.Credit>(WireCodec.Decode("C", WithVersion(EncodedCredit, WireFormat.Major, WireFormat.Minor + 1)));

    [Fact]
    public void A_message_that_only_a_newer_minor_version_knows_is_skipped() =>
        Assert.True(Refusal("ZZ", WithVersion(EncodedCredit, WireFormat.Major, WireFormat.Minor + 1)).IsNewer);

    [Fact]
    public void A_message_to_which_a_newer_minor_version_has_added_fields_is_skipped() =>
        Assert.True(Refusal("C", [.. WithVersion(EncodedCredit, WireFormat.Major, WireFormat.Minor + 1), 1]).IsNewer);

    [Fact]
    public void A_message_that_is_not_known_in_this_version_is_rejected() => Assert.False(Refusal("ZZ", EncodedCredit).IsNewer);

    [Fact]
    public void A_message_with_more_behind_its_end_is_rejected() => Assert.False(Refusal("C", [.. EncodedCredit, 1]).IsNewer);

    [Theory]
    [InlineData(WireFormat.Major - 1)]
    [InlineData(WireFormat.Major + 1)]
    public void A_message_of_another_major_version_is_rejected(int major)
    {
        Assert.False(Refusal("C", WithVersion(EncodedCredit, major, 0)).IsNewer);
        Assert.False(Refusal("ZZ", WithVersion(EncodedCredit, major, 0)).IsNewer);
    }

    [Fact]
    public void The_messages_of_a_join_are_read_whatever_the_version_and_whatever_a_newer_one_adds()
    {
        foreach (IWireMessage message in Examples.All.Where(example =>
            example is NodeProtocol.JoinRequest or NodeProtocol.JoinAccepted or NodeProtocol.JoinRefused or NodeProtocol.JoinPending))
        {
            byte[] frame = WireCodec.Encode(message);
            foreach (int major in new[] { 0, WireFormat.Major - 1, WireFormat.Major + 1, 255 })
            {
                IWireMessage read = WireCodec.Decode(WireCodec.Manifest(message), WithVersion(frame, major, 7));
                Assert.Equal(Structure.Of(message), Structure.Of(read));
            }

            Assert.Equal(Structure.Of(message), Structure.Of(WireCodec.Decode(WireCodec.Manifest(message), (byte[])[.. WithVersion(frame, WireFormat.Major + 1, 0), 1, 2, 3])));
            Assert.False(Refusal(WireCodec.Manifest(message), [.. frame, 1]).IsNewer);
        }
    }

    private static WireException Refusal(string manifest, byte[] frame) => Assert.Throws<WireException>(() => WireCodec.Decode(manifest, frame));

    private static byte[] WithVersion(byte[] frame, int major, int minor) => [(byte)major, (byte)minor, .. frame.AsSpan(2)];
}
