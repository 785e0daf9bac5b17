using System.Runtime.InteropServices;

namespace DqnAkka.Learner.Tests;

/// <summary>Files are read by other processes, on other processors too: checksums have to stay what they are, and to tell what was changed.</summary>
public sealed unsafe class ChecksumsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(120)]
    [InlineData(400)]
    public void Every_changed_bit_and_every_other_length_and_seed_shows(int length)
    {
        byte[] bytes = Numbers(length + 1);
        uint whole = Of(bytes, length, 3);
        Assert.Equal(whole, Of(bytes, length, 3));
        Assert.NotEqual(whole, Of(bytes, length + 1, 3));
        Assert.NotEqual(length == 0 ? whole + 1 : whole, Of(bytes, length, 4));
        for (int bit = 0; bit < 8 * length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(whole, Of(bytes, length, 3));
            Assert.True(length > 200 || Checksums.Of(bytes.AsSpan(0, length)) != Checksums.Of(Numbers(length)));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(72)]
    [InlineData(124)]
    [InlineData(824)]
    public void A_rows_checksum_is_of_all_but_itself(int length)
    {
        byte[] bytes = Numbers(2 * length);
        fixed (byte* row = bytes)
        {
            Checksums.Seal(row, length, length, 2);
            for (int bit = 0; bit < 8 * length; bit++)
            {
                row[length + (bit / 8)] ^= (byte)(1 << (bit % 8));
                bool isItself = bit / 32 == 2;
                Assert.Equal(isItself, SealedBefore(bytes, length, bit) == Checksums.OfRow(row + length, length));
                row[length + (bit / 8)] ^= (byte)(1 << (bit % 8));
            }

            Assert.Equal(((TransitionRow*)row)->Checksum, Checksums.OfRow(row, length));
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(64)]
    [InlineData(400)]
    public void Pieces_that_changed_places_show(int length)
    {
        byte[] bytes = Numbers(length);
        uint before = Of(bytes, length, 0);
        (bytes[0], bytes[8]) = (bytes[8], bytes[0]);
        Assert.NotEqual(before, Of(bytes, length, 0));
    }

    /// <summary>With what this was written in the first version: another value would make all files look damaged.</summary>
    [Fact]
    public void The_values_are_those_of_the_first_version() => Assert.Equal(
        (196_720_995u, 3_775_981_888u, 318_408_330u, 3_067_286_857u, 4_294_631_140u),
        (Of(Numbers(5), 5, 1), Of(Numbers(24), 24, 1), Of(Numbers(100), 100, 1), Row(Numbers(32)), Row(Numbers(124))));

    private static uint SealedBefore(byte[] bytes, int length, int bit)
    {
        uint stored = MemoryMarshal.Read<uint>(bytes.AsSpan(length + 8));
        return bit / 32 == 2 ? stored ^ (1u << (bit % 32)) : stored;
    }

    private static uint Row(byte[] bytes)
    {
        fixed (byte* row = bytes)
        {
            return Checksums.OfRow(row, bytes.Length);
        }
    }

    private static uint Of(byte[] bytes, int length, ulong seed)
    {
        fixed (byte* first = bytes)
        {
            return Checksums.Of(first, length, seed);
        }
    }

    private static byte[] Numbers(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)((index * 37) + (index >> 3)))];
}
