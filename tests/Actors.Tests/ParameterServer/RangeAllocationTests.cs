using System.Collections.Immutable;
using Akka.Actor;
using CsCheck;

namespace DqnAkka.Actors.Tests;

/// <summary>Which node gets which range.</summary>
public sealed class RangeAllocationTests
{
    private static readonly RangeAllocation Allocation = new();

    [Fact]
    public void Ranges_are_spread_evenly_whoever_asks_and_in_whatever_order_nodes_are_named() =>
        Gen.Select(Gen.Int[1, 64], Gen.Int[1, 12], Gen.Int).Sample(
            (ranges, nodes, seed) =>
            {
                Dictionary<IActorRef, IImmutableList<string>> placed = Nodes(nodes);
                Place(placed, Enumerable.Range(0, ranges), new Random(seed));

                Assert.Equal(ranges, placed.Values.Sum(held => held.Count));
                Assert.InRange(placed.Values.Max(held => held.Count) - placed.Values.Min(held => held.Count), 0, 1);

                Dictionary<IActorRef, IImmutableList<string>> again = Nodes(nodes);
                Place(again, Enumerable.Range(0, ranges), new Random(seed + 1));
                Assert.All(placed, node => Assert.Equal(node.Value, again[node.Key]));
            },
            iter: 200,
            seed: "0000000000000");

    [Fact]
    public async Task A_range_that_is_placed_stays_whatever_nodes_come_and_however_uneven_it_is()
    {
        Dictionary<IActorRef, IImmutableList<string>> placed = Nodes(2);
        Place(placed, Enumerable.Range(0, 8), new Random(1));
        foreach ((IActorRef node, IImmutableList<string> held) in Nodes(5).Where(node => !placed.ContainsKey(node.Key)))
        {
            placed.Add(node, held);
            Assert.Empty(await Allocation.Rebalance(placed.ToImmutableDictionary(), []));
        }

        Assert.Empty(await Allocation.Rebalance(placed.ToImmutableDictionary(), ["0", "5"]));
    }

    [Fact]
    public void A_node_more_takes_ranges_that_need_a_place_until_it_has_as_many_as_the_others()
    {
        Dictionary<IActorRef, IImmutableList<string>> placed = Nodes(3);
        IActorRef[] nodes = [.. placed.Keys.OrderBy(node => node.Path.Name, StringComparer.Ordinal)];
        Place(placed, Enumerable.Range(0, 9), new Random(1));
        string[] lost = [.. placed[nodes[0]]];
        string[] stayed = [.. placed[nodes[1]]];

        // One is killed, and another comes.
        placed.Remove(nodes[0]);
        NamedReference late = new("node-9");
        placed.Add(late, []);
        Place(placed, lost.Select(int.Parse), new Random(2));

        Assert.Equal(lost, placed[late]);
        Assert.Equal(stayed, placed[nodes[1]]);
    }

    private static Dictionary<IActorRef, IImmutableList<string>> Nodes(int count) =>
        Enumerable.Range(0, count).ToDictionary<int, IActorRef, IImmutableList<string>>(Node, _ => []);

    // The same node is the same reference.
    private static IActorRef Node(int index) => References[index];

    private static NamedReference[] References { get; } = [.. Enumerable.Range(0, 12).Select(index => new NamedReference($"node-{index}"))];

    /// <summary>As the sharding coordinator does: one range after another, asked for by any of the nodes.</summary>
    private static void Place(Dictionary<IActorRef, IImmutableList<string>> placed, IEnumerable<int> ranges, Random random)
    {
        foreach (int range in ranges)
        {
            KeyValuePair<IActorRef, IImmutableList<string>>[] entries = [.. placed];
            random.Shuffle(entries);
            Task<IActorRef> node = Allocation.AllocateShard(entries[0].Key, $"{range}", entries.ToImmutableDictionary());
            Assert.True(node.IsCompletedSuccessfully);
            placed[node.Result] = placed[node.Result].Add($"{range}");
        }
    }
}
