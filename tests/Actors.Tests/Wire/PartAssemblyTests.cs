namespace DqnAkka.Actors.Tests;

public sealed class PartAssemblyTests
{
    private static readonly byte[] Piece = [1, 2, 3];

    [Fact]
    public void The_last_missing_piece_makes_the_whole()
    {
        PartAssembly<int> assembly = new(1000, 2);
        Assert.Null(assembly.Add(7, 2, 3, new byte[] { 5 }));
        Assert.Null(assembly.Add(7, 0, 3, new byte[] { 1, 2 }));
        Assert.Equal([1, 2, 3, 4, 5], assembly.Add(7, 1, 3, new byte[] { 3, 4 }));
        Assert.Equal((0, 0L), (assembly.Open, assembly.Bytes));
    }

    [Fact]
    public void A_single_piece_is_the_whole() => Assert.Equal(Piece, new PartAssembly<int>(1000, 1).Add(1, 0, 1, Piece));

    [Fact]
    public void Messages_do_not_mix()
    {
        PartAssembly<string> assembly = new(1000, 2);
        assembly.Add("a", 0, 2, new byte[] { 1 });
        assembly.Add("b", 0, 2, new byte[] { 3 });
        Assert.Equal([1, 2], assembly.Add("a", 1, 2, new byte[] { 2 }));
        Assert.Equal([3, 4], assembly.Add("b", 1, 2, new byte[] { 4 }));
    }

    [Fact]
    public void Repetitions_and_contradictions_change_nothing()
    {
        PartAssembly<int> assembly = new(1000, 2);
        assembly.Add(1, 0, 2, new byte[] { 1 });
        long bytes = assembly.Bytes;
        Assert.Null(assembly.Add(1, 0, 2, new byte[] { 9 }));
        Assert.Null(assembly.Add(1, 1, 3, new byte[] { 9 }));
        Assert.Null(assembly.Add(1, 2, 2, new byte[] { 9 }));
        Assert.Null(assembly.Add(1, -1, 2, new byte[] { 9 }));
        Assert.Null(assembly.Add(1, 1, 2, ReadOnlyMemory<byte>.Empty));
        Assert.Null(assembly.Add(2, 0, WireFormat.MaxParts + 1, new byte[] { 9 }));
        Assert.Equal(bytes, assembly.Bytes);
        Assert.Equal([1, 2], assembly.Add(1, 1, 2, new byte[] { 2 }));
    }

    [Fact]
    public void Of_too_many_open_messages_the_one_begun_first_is_dropped()
    {
        PartAssembly<int> assembly = new(10_000, 2);
        assembly.Add(1, 0, 2, Piece);
        assembly.Add(2, 0, 2, Piece);
        assembly.Add(3, 0, 2, Piece);
        Assert.Equal(2, assembly.Open);
        Assert.NotNull(assembly.Add(2, 1, 2, Piece));
        Assert.NotNull(assembly.Add(3, 1, 2, Piece));
        Assert.Null(assembly.Add(1, 1, 2, Piece));
    }

    [Fact]
    public void Beyond_the_bytes_the_message_begun_first_is_dropped_and_one_too_long_by_itself_drops_no_other()
    {
        PartAssembly<int> assembly = new(1000, 8);
        assembly.Add(1, 0, 2, new byte[500]);
        assembly.Add(2, 0, 2, new byte[500]);
        Assert.Equal(1, assembly.Open);
        Assert.Null(assembly.Add(3, 0, 2, new byte[2000]));
        Assert.NotNull(assembly.Add(2, 1, 2, new byte[100]));
        Assert.Equal(0, assembly.Bytes);
    }

    [Fact]
    public void Many_tiny_pieces_do_not_escape_the_bound()
    {
        PartAssembly<int> assembly = new(10_000, 1_000);
        for (int i = 0; i < 100_000; i++)
        {
            assembly.Add(i % 10, i / 10, WireFormat.MaxParts, new byte[] { 1 });
            Assert.InRange(assembly.Bytes, 0, 10_000);
        }
    }

    [Fact]
    public void What_is_dropped_gives_its_bytes_back()
    {
        PartAssembly<int> assembly = new(1000, 8);
        assembly.Add(1, 0, 2, Piece);
        assembly.Add(2, 0, 2, Piece);
        assembly.Add(3, 0, 2, Piece);
        assembly.Drop(1);
        assembly.Drop(1);
        assembly.DropWhere(key => key == 2);
        Assert.Equal(1, assembly.Open);
        assembly.DropWhere(_ => true);
        Assert.Equal((0, 0L), (assembly.Open, assembly.Bytes));
    }

    [Fact]
    public void At_least_one_message_may_be_open() => Assert.Throws<ArgumentOutOfRangeException>(() => new PartAssembly<int>(1000, 0));
}
