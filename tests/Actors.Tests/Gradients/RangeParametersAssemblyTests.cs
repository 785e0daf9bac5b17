using CsCheck;
using DqnAkka.Learner;
using Parameters = DqnAkka.Actors.ParameterServerProtocol.Parameters;
using RangePart = DqnAkka.Actors.ParameterServerProtocol.RangePart;

namespace DqnAkka.Actors.Tests;

public sealed class RangeParametersAssemblyTests
{
    private const long Epoch = 7;
    private static readonly IReadOnlyList<ParameterRange> Ranges = ParameterRange.Cut(160, 3);

    [Fact]
    public void Parameters_are_there_when_every_range_has_come_with_its_target()
    {
        RangeParametersAssembly assembly = Begun(Ranges);
        foreach (ParameterRange range in Ranges)
        {
            Assert.Equal(RangeParametersAssembly.None, assembly.Version);
            Take(assembly, ServerPieces.Of(range, Epoch, 4, 2, RangePart.Target, 1, Vector(2, 160)));
            Assert.Equal(RangeParametersAssembly.None, assembly.Version);
            Assert.Contains(range.Index, assembly.Missing(4));
            Take(assembly, ServerPieces.Of(range, Epoch, 4, 2, RangePart.Online, 2, Vector(4, 160)));
        }

        Assert.Equal((4, 2), (assembly.Version, assembly.TargetVersion));
        Assert.Equal(Vector(4, 160), assembly.Online);
        Assert.Equal(Vector(2, 160), assembly.Target);
        Assert.Empty(assembly.Missing(4));
        Assert.Equal(2 * 160 * sizeof(float), assembly.Received);
    }

    [Fact]
    public void Ranges_of_different_versions_are_nothing_to_compute_on()
    {
        RangeParametersAssembly assembly = Whole(version: 4);

        Take(assembly, ServerPieces.Of(Ranges[1], Epoch, 5, 2, RangePart.Online, 3, Vector(5, 160)));

        Assert.Equal(RangeParametersAssembly.None, assembly.Version);
        Assert.True(assembly.IsUnderway);
        Assert.Equal([0, 2], assembly.Missing(5));
        Take(assembly, ServerPieces.Of(Ranges[0], Epoch, 5, 2, RangePart.Online, 3, Vector(5, 160)));
        Take(assembly, ServerPieces.Of(Ranges[2], Epoch, 5, 2, RangePart.Online, 3, Vector(5, 160)));
        Assert.Equal(5, assembly.Version);
        Assert.False(assembly.IsUnderway);
    }

    [Fact]
    public void A_target_that_was_lost_on_the_way_leaves_nothing_to_compute_on()
    {
        RangeParametersAssembly assembly = Whole(version: 4);
        foreach (ParameterRange range in Ranges)
        {
            if (range.Index != 1)
            {
                Take(assembly, ServerPieces.Of(range, Epoch, 6, 6, RangePart.Target, 3, Vector(6, 160)));
            }

            Take(assembly, ServerPieces.Of(range, Epoch, 6, 6, RangePart.Online, 4, Vector(6, 160)));
        }

        Assert.Equal(RangeParametersAssembly.None, assembly.Version);
    }

    [Fact]
    public void One_version_with_targets_of_two_is_an_error()
    {
        RangeParametersAssembly assembly = Begun(Ranges);
        Take(assembly, ServerPieces.Of(Ranges[0], Epoch, 4, 2, RangePart.Target, 1, Vector(2, 160)));
        Take(assembly, ServerPieces.Of(Ranges[0], Epoch, 4, 2, RangePart.Online, 2, Vector(4, 160)));
        Take(assembly, ServerPieces.Of(Ranges[1], Epoch, 4, 3, RangePart.Target, 1, Vector(3, 160)));

        Assert.Throws<InvalidOperationException>(() => Take(assembly, ServerPieces.Of(Ranges[1], Epoch, 4, 3, RangePart.Online, 2, Vector(4, 160))));
    }

    [Fact]
    public void What_is_of_another_epoch_is_passed_over()
    {
        RangeParametersAssembly assembly = Whole(version: 4);
        Take(assembly, ServerPieces.Of(Ranges[1], Epoch - 1, 5, 2, RangePart.Online, 3, Vector(5, 160)));
        Take(assembly, ServerPieces.Of(Ranges[1], Epoch + 1, 5, 2, RangePart.Online, 4, Vector(5, 160)));
        Assert.Equal(4, assembly.Version);
        Assert.Equal(Vector(4, 160), assembly.Online);

        assembly.Begin(Epoch + 1);
        Assert.Equal(RangeParametersAssembly.None, assembly.Version);
        Take(assembly, ServerPieces.Of(Ranges[0], Epoch + 1, 5, 2, RangePart.Online, 1, Vector(5, 160)));
        Assert.Equal([1, 2], assembly.Missing(5));
    }

    [Fact]
    public void A_long_range_is_acknowledged_half_a_window_at_a_time_and_a_piece_after_a_gap_is_not_taken()
    {
        const int Length = 13 * ChunkWindow.ChunkBytes / sizeof(float);
        IReadOnlyList<ParameterRange> ranges = ParameterRange.Cut(Length, 1);
        RangeParametersAssembly assembly = Begun(ranges);
        float[] vector = Vector(1, Length);
        Parameters[] pieces = [.. ServerPieces.Of(ranges[0], Epoch, 1, 0, RangePart.Online, 1, vector)];

        int[] acknowledged = [.. pieces.Take(7).Select(assembly.Take)];
        Assert.Equal([0, 0, 0, 4 * ChunkWindow.ChunkBytes, 0, 0, 0], acknowledged);
        Assert.Equal(0, assembly.Take(pieces[8]));
        Assert.Equal(0, assembly.Take(pieces[2]));
        Assert.Equal(8 * ChunkWindow.ChunkBytes, assembly.Take(pieces[7]));
        Assert.All(pieces[8..], piece => Assert.Equal(0, assembly.Take(piece)));
        Assert.Equal(RangeParametersAssembly.None, assembly.Version);
        Assert.All(ServerPieces.Of(ranges[0], Epoch, 1, 0, RangePart.Target, 2, vector), piece => assembly.Take(piece));
        Assert.Equal(1, assembly.Version);
        Assert.Equal(vector, assembly.Online);
    }

    [Fact]
    public void A_piece_of_no_range_or_of_another_length_has_a_fault()
    {
        RangeParametersAssembly assembly = Begun(Ranges);
        Parameters good = ServerPieces.Of(Ranges[0], Epoch, 1, 0, RangePart.Online, 1, Vector(1, 160)).Single();

        Assert.Null(assembly.Fault(good));
        Assert.Contains("dqn.parameter-server.shards", assembly.Fault(good with { Range = 3 }), StringComparison.Ordinal);
        Assert.NotNull(assembly.Fault(good with { Total = good.Total + 64 }));
        Assert.NotNull(assembly.Fault(good with { Part = RangePart.State }));
    }

    /// <summary>Ranges answer in any order, transfers are cut off by newer ones, pieces are lost and repeated.</summary>
    [Fact]
    public void Whatever_comes_in_whatever_order_a_version_that_is_told_is_one_moment_of_all_ranges()
    {
        const int Length = 3 * 20_000;
        IReadOnlyList<ParameterRange> ranges = ParameterRange.Cut(Length, 3);
        int told = 0;
        Dictionary<long, float[]> vectors = [];
        float[] Content(long content) => vectors.TryGetValue(content, out float[]? vector) ? vector : vectors[content] = Vector(content, Length);
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 9], Gen.Int[0, 3]).Array[200].Sample(
            steps =>
            {
                RangeParametersAssembly assembly = Begun(ranges);
                Queue<Parameters>[] links = [new(), new(), new()];
                long[] versions = [0, 0, 0];
                long transfer = 0;
                foreach ((int range, int act, int count) in steps)
                {
                    if (act == 0)
                    {
                        // A range sends its newest version, θ⁻ (of every second version) before θ.
                        long version = Math.Min(++versions[range], versions.Min() + 1);
                        versions[range] = version;
                        long target = version / 2 * 2;
                        foreach (RangePart part in new[] { RangePart.Target, RangePart.Online })
                        {
                            long content = part == RangePart.Target ? -target : version;
                            foreach (Parameters piece in ServerPieces.Of(ranges[range], Epoch, version, target, part, ++transfer, Content(content)))
                            {
                                links[range].Enqueue(piece);
                            }
                        }
                    }
                    else if (act == 1 && count == 0 && links[range].Count > 0)
                    {
                        links[range].Dequeue();
                    }
                    else
                    {
                        for (int i = 0; i <= count && links[range].TryDequeue(out Parameters? piece); i++)
                        {
                            assembly.Take(piece);
                            if (act == 2)
                            {
                                assembly.Take(piece);
                            }
                        }
                    }

                    if (assembly.Version != RangeParametersAssembly.None)
                    {
                        told++;
                        Assert.Equal(assembly.Version / 2 * 2, assembly.TargetVersion);
                        Assert.True(assembly.Online.SequenceEqual(Content(assembly.Version)));
                        Assert.True(assembly.Target.SequenceEqual(Content(-assembly.TargetVersion)));
                    }
                }
            },
            iter: 30,
            threads: 1);
        Assert.True(told > 100, $"parameters were whole {told} times");
    }

    private static RangeParametersAssembly Begun(IReadOnlyList<ParameterRange> ranges)
    {
        RangeParametersAssembly assembly = new(ranges);
        assembly.Begin(Epoch);
        return assembly;
    }

    private static RangeParametersAssembly Whole(long version)
    {
        RangeParametersAssembly assembly = Begun(Ranges);
        foreach (ParameterRange range in Ranges)
        {
            Take(assembly, ServerPieces.Of(range, Epoch, version, 2, RangePart.Target, 1, Vector(2, 160)));
            Take(assembly, ServerPieces.Of(range, Epoch, version, 2, RangePart.Online, 2, Vector(version, 160)));
        }

        return assembly;
    }

    private static void Take(RangeParametersAssembly assembly, IEnumerable<Parameters> pieces)
    {
        foreach (Parameters piece in pieces)
        {
            assembly.Take(piece);
        }
    }

    private static float[] Vector(long content, int length) => [.. Enumerable.Range(0, length).Select(index => content + (index * 1e-3f))];
}
