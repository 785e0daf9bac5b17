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
            PolicySnapshot snapshot = Snapshot(delivery.Length);
            SnapshotProtocol.Manifest manifest = SnapshotWire.Describe(snapshot, delivery.ChunkBytes);
            SnapshotProtocol.Chunk[] chunks = [.. SnapshotWire.Cut(snapshot, delivery.ChunkBytes)];
            Assert.Equal(manifest.Chunks, chunks.Length);
            Assert.All(chunks, chunk => Assert.InRange(chunk.Parameters.Length, 1, Math.Max(1, delivery.ChunkBytes / 4)));
            SnapshotAssembly assembly = new();
            assembly.Begin(manifest);
            HashSet<int> seen = [];
            bool isDone = false;
            foreach (int index in delivery.Order)
            {
                PolicySnapshot? result = assembly.Add(chunks[index]);
                seen.Add(index);
                bool completes = !isDone && seen.Count == chunks.Length;
                Assert.Equal(completes, result is not null);
                if (completes)
                {
                    isDone = true;
                    Assert.Equal(snapshot.Parameters, result!.Parameters);
                    Assert.Equal((snapshot.Generation, snapshot.Version, snapshot.Updates, snapshot.Steps), (result.Generation, result.Version, result.Updates, result.Steps));
                }
            }

            Assert.Equal(isDone, assembly.Awaited is null);
        },
        iter: 1000,
        seed: "0000000000000");

    [Fact]
    public void What_has_another_checksum_is_dropped_and_may_be_announced_again()
    {
        PolicySnapshot snapshot = Snapshot(10);
        SnapshotProtocol.Manifest manifest = SnapshotWire.Describe(snapshot, 20);
        SnapshotProtocol.Chunk[] chunks = [.. SnapshotWire.Cut(snapshot, 20)];
        SnapshotAssembly assembly = new();
        assembly.Begin(manifest);
        assembly.Add(chunks[0]);

        Assert.Null(assembly.Add(chunks[1] with { Parameters = new float[5] }));
        Assert.Null(assembly.Awaited);
        assembly.Begin(manifest);
        assembly.Add(chunks[1]);
        Assert.NotNull(assembly.Add(chunks[0]));
    }

    [Fact]
    public void A_newer_manifest_cancels_an_older_one_and_not_the_other_way_round()
    {
        PolicySnapshot older = Snapshot(4);
        PolicySnapshot newer = older with { Version = 9 };
        SnapshotAssembly assembly = new();
        assembly.Begin(SnapshotWire.Describe(older, 100));
        assembly.Begin(SnapshotWire.Describe(newer, 100));
        assembly.Begin(SnapshotWire.Describe(older, 100));

        Assert.Null(assembly.Add(SnapshotWire.Cut(older, 100).Single()));
        Assert.Equal(9, assembly.Add(SnapshotWire.Cut(newer, 100).Single())!.Version);
    }

    [Fact]
    public void A_newer_generation_wins_whatever_its_version()
    {
        SnapshotAssembly assembly = new();
        assembly.Begin(SnapshotWire.Describe(Snapshot(4), 100));
        assembly.Begin(SnapshotWire.Describe(Snapshot(4) with { Generation = 3, Version = 1 }, 100));

        Assert.Equal((3, 1), (assembly.Awaited!.Generation, assembly.Awaited.Version));
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(2, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 6)]
    [InlineData(1, int.MaxValue)]
    public void A_chunk_that_does_not_fit_is_ignored(int index, int offset)
    {
        SnapshotAssembly assembly = new();
        assembly.Begin(SnapshotWire.Describe(Snapshot(10), 20));

        Assert.Null(assembly.Add(new SnapshotProtocol.Chunk(2, 5, index, offset, new float[5])));
        Assert.NotNull(assembly.Awaited);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(10, 0)]
    [InlineData(10, 11)]
    public void A_manifest_that_cannot_be_is_ignored(int length, int chunks)
    {
        SnapshotAssembly assembly = new();
        assembly.Begin(new SnapshotProtocol.Manifest(1, 1, 0, 0, length, chunks, 0));

        Assert.Null(assembly.Awaited);
    }

    private static PolicySnapshot Snapshot(int length) => new(2, 5, 7, 11, [.. Enumerable.Range(0, length).Select(i => MathF.Sin(i))]);
}
