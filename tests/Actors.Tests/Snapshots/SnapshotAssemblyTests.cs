using CsCheck;

namespace DqnAkka.Actors.Tests;

public sealed class SnapshotAssemblyTests
{
    private static readonly Gen<(int Length, int ChunkBytes, int[] Order)> Deliveries =
        from length in Gen.Int[1, 200]
        from chunkBytes in Gen.Int[1, 100]
        let chunks = (length + Math.Max(1, chunkBytes / 4) - 1) / Math.Max(1, chunkBytes / 4)
        from order in Gen.Int[0, chunks - 1].Array[0, 3 * chunks]
        select (length, chunkBytes, order);

    [Fact]
    public void Chunks_in_any_order_with_repetitions_give_the_snapshot_once_all_are_there_and_nothing_before() => Deliveries.Sample(
        delivery =>
        {
            PolicySnapshot snapshot = SnapshotPieces.Snapshot(2, 5, delivery.Length);
            SnapshotProtocol.Manifest manifest = SnapshotWire.Describe(snapshot, delivery.ChunkBytes);
            SnapshotProtocol.Chunk[] chunks = SnapshotPieces.Chunks(snapshot, delivery.ChunkBytes);
            Assert.Equal(delivery.Length, chunks.Sum(chunk => chunk.Parameters.Length));
            Assert.All(chunks, chunk => Assert.InRange(chunk.Parameters.Length, 1, Math.Max(1, delivery.ChunkBytes / 4)));
            SnapshotAssembly assembly = new(delivery.Length);
            Assert.Null(assembly.Take(manifest));
            HashSet<int> seen = [];
            bool isDone = false;
            foreach (int index in delivery.Order)
            {
                seen.Add(index);
                bool isLate = isDone;
                isDone = seen.Count == chunks.Length;
                Assert.Equal(isLate ? null : new SnapshotProtocol.Received(2, 5, seen.Count, isDone), assembly.Take(chunks[index]));
            }

            Assert.Equal(isDone, assembly.Awaited is null);
            Assert.Equal(isDone ? snapshot.Parameters : null, assembly.Newest?.Parameters);
            if (assembly.Newest is { } newest)
            {
                Assert.Equal((2, 5, 50, 500), (newest.Generation, newest.Version, newest.Updates, newest.Steps));
            }
        },
        iter: 1000,
        seed: "0000000000000");

    [Fact]
    public void What_has_another_checksum_is_dropped_and_may_be_announced_again()
    {
        PolicySnapshot snapshot = SnapshotPieces.Snapshot(2, 5, 10);
        SnapshotProtocol.Manifest manifest = SnapshotWire.Describe(snapshot, 20);
        SnapshotProtocol.Chunk[] chunks = SnapshotPieces.Chunks(snapshot, 20);
        SnapshotAssembly assembly = new(10);
        assembly.Take(manifest);
        assembly.Take(chunks[0]);

        Assert.Equal(new SnapshotProtocol.Received(2, 5, 2, IsWhole: false), assembly.Take(chunks[1] with { Parameters = new float[5] }));
        Assert.Null(assembly.Newest);
        Assert.Null(assembly.Awaited);
        assembly.Take(manifest);
        assembly.Take(chunks[1]);
        Assert.Equal(new SnapshotProtocol.Received(2, 5, 2, IsWhole: true), assembly.Take(chunks[0]));
    }

    [Fact]
    public void A_newer_manifest_cancels_an_older_one_and_not_the_other_way_round()
    {
        SnapshotAssembly assembly = new(40);
        assembly.Take(Manifest(2, 5));
        assembly.Take(Manifest(2, 9));

        Assert.Null(assembly.Take(Manifest(2, 5)));
        Assert.Null(assembly.Take(SnapshotPieces.Chunks(SnapshotPieces.Snapshot(2, 5, 40), 100)[0]));
        Assert.Equal(9, assembly.Awaited!.Version);
    }

    [Fact]
    public void A_newer_generation_wins_whatever_its_version_and_who_sends_an_older_one_hears_of_it()
    {
        SnapshotAssembly assembly = new(40);
        assembly.Take(Manifest(2, 5));
        assembly.Take(Manifest(3, 1));

        Assert.Equal((3, 1), (assembly.Awaited!.Generation, assembly.Awaited.Version));
        Assert.Equal(new SnapshotProtocol.Received(3, 1, 0, IsWhole: false), assembly.Take(Manifest(2, 6)));
    }

    [Fact]
    public void A_manifest_of_what_is_held_or_older_is_answered_with_what_is_held()
    {
        SnapshotAssembly assembly = new(40);
        Complete(assembly, 3, 7);

        Assert.Equal(new SnapshotProtocol.Received(3, 7, 2, IsWhole: true), assembly.Take(Manifest(3, 7)));
        Assert.Equal(new SnapshotProtocol.Received(3, 7, 2, IsWhole: true), assembly.Take(Manifest(2, 99)));
        Assert.Null(assembly.Awaited);
    }

    [Fact]
    public void What_was_handed_out_is_not_written_to_again()
    {
        SnapshotAssembly assembly = new(40);
        Complete(assembly, 1, 1);
        PolicySnapshot first = assembly.Newest!;
        Complete(assembly, 1, 2);

        Assert.Equal(SnapshotPieces.Snapshot(1, 1, 40).Parameters, first.Parameters);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(2, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 6)]
    [InlineData(1, int.MaxValue)]
    public void A_chunk_that_does_not_fit_is_ignored(int index, int offset)
    {
        SnapshotAssembly assembly = new(10);
        assembly.Take(SnapshotWire.Describe(SnapshotPieces.Snapshot(2, 5, 10), 20));

        Assert.Null(assembly.Take(new SnapshotProtocol.Chunk(2, 5, index, offset, new float[5])));
        Assert.Equal(0, assembly.Present);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(10, 0)]
    [InlineData(10, 11)]
    [InlineData(9, 1)]
    [InlineData(int.MaxValue, 1)]
    public void A_manifest_that_cannot_be_or_is_of_another_network_is_ignored(int length, int chunks)
    {
        SnapshotAssembly assembly = new(10);
        SnapshotProtocol.Manifest manifest = new(1, 1, 0, 0, length, chunks, 0);

        Assert.False(assembly.Fits(manifest));
        Assert.Null(assembly.Take(manifest));
        Assert.Null(assembly.Awaited);
    }

    private static SnapshotProtocol.Manifest Manifest(long generation, long version) =>
        SnapshotWire.Describe(SnapshotPieces.Snapshot(generation, version, 40), 80);

    private static void Complete(SnapshotAssembly assembly, long generation, long version)
    {
        assembly.Take(Manifest(generation, version));
        foreach (SnapshotProtocol.Chunk chunk in SnapshotPieces.Chunks(SnapshotPieces.Snapshot(generation, version, 40), 80))
        {
            assembly.Take(chunk);
        }
    }
}
