using CsCheck;
using DqnAkka.Environments;
using Lease = DqnAkka.Actors.RunnerProtocol.RunnerLease;

namespace DqnAkka.Actors.Tests;

public sealed class RunnerLeasesTests
{
    [Fact]
    public void The_smallest_unused_indices_are_given_out_and_N_is_one_more_than_the_highest()
    {
        RunnerLeases leases = Granting();
        Assert.Equal(0, leases.Total);
        leases.Claim(10, "a", 2, []);
        leases.Claim(11, "b", 3, []);
        leases.Claim(12, "c", 1, []);

        Assert.Equal([[0, 1], [2, 3, 4], [5]], Indices(leases, 10, 11, 12));
        Assert.Equal(6, leases.Total);

        leases.Release(11);
        Assert.Equal(6, leases.Total);
        leases.Claim(13, "d", 4, []);

        Assert.Equal([[0, 1], [5], [2, 3, 4, 6]], Indices(leases, 10, 12, 13));
        leases.Release(13);
        leases.Release(12);
        Assert.Equal(2, leases.Total);
    }

    [Fact]
    public void An_index_that_is_leased_again_begins_a_new_block_of_attempts_and_after_the_last_one_the_first()
    {
        RunnerLeases leases = Granting();
        List<int> attempts = [];
        for (int pool = 0; pool <= 1024; pool++)
        {
            leases.Claim(pool, "a", 1, []);
            attempts.Add(Assert.Single(leases.Of(pool)).Attempt);
        }

        Assert.Equal(Enumerable.Range(0, 1024).Select(block => block * 64).Append(0), attempts);
    }

    [Fact]
    public void A_claim_that_is_repeated_changes_nothing()
    {
        RunnerLeases leases = Granting();
        leases.Claim(10, "a", 2, []);
        IReadOnlyList<Lease> first = leases.Of(10);
        leases.Claim(10, "a", 2, []);
        leases.Claim(10, "a", 2, first);

        Assert.Equal([new(0, 0), new(1, 0)], leases.Of(10));
    }

    [Fact]
    public void A_pool_started_again_at_the_same_place_gets_its_predecessors_indices_back_at_once()
    {
        RunnerLeases leases = Granting();
        leases.Claim(10, "a", 2, []);
        leases.Claim(11, "b", 2, []);
        leases.Claim(12, "c", 2, []);
        leases.Release(10);

        leases.Claim(13, "b", 3, []);

        Assert.False(leases.Knows(11));
        Assert.Equal([new(0, 64), new(2, 64), new(3, 64)], leases.Of(13));
    }

    [Fact]
    public void A_late_claim_of_the_dead_predecessor_is_put_right_by_the_living_pools_next()
    {
        RunnerLeases leases = Granting();
        leases.Claim(10, "a", 2, []);
        leases.Claim(11, "a", 2, []);
        IReadOnlyList<Lease> held = leases.Of(11);
        leases.Claim(10, "a", 2, [new(0, 0), new(1, 0)]);

        leases.Claim(11, "a", 2, held);

        Assert.Equal([11L], leases.Pools);
        Assert.Equal(held, leases.Of(11));
    }

    [Fact]
    public void A_registry_that_took_over_honours_what_is_held_before_it_grants_anything()
    {
        RunnerLeases leases = new(firstAttempt: 6400);
        leases.Claim(20, "new", 2, []);
        leases.Claim(21, "b", 2, [new(2, 128), new(3, 64)]);
        leases.Claim(22, "a", 2, [new(0, 0)]);
        Assert.Empty(leases.Of(20));
        Assert.Equal(4, leases.Total);

        leases.Grant();

        Assert.Equal([new(2, 128), new(3, 64)], leases.Of(21));
        Assert.Equal([new(1, 6400), new(4, 6400)], leases.Of(20));
        Assert.Equal([new(0, 0), new(5, 6400)], leases.Of(22));
        leases.Release(21);
        leases.Claim(23, "d", 1, []);
        Assert.Equal([new(2, 192)], leases.Of(23));
    }

    [Fact]
    public void Where_two_pools_claim_one_index_the_earlier_keeps_it_and_the_other_gets_another()
    {
        RunnerLeases leases = new(firstAttempt: 0);
        leases.Claim(10, "a", 2, [new(0, 0), new(1, 0)]);
        leases.Claim(11, "b", 2, [new(1, 64), new(2, 0)]);
        leases.Grant();

        Assert.Equal([[0, 1], [2, 3]], Indices(leases, 10, 11));
        leases.Claim(11, "b", 2, [new(1, 64), new(2, 0)]);
        Assert.Equal([[0, 1], [2, 3]], Indices(leases, 10, 11));
    }

    [Fact]
    public void Nobody_gets_more_than_one_frame_can_tell_nor_an_index_out_of_range()
    {
        RunnerLeases leases = Granting();
        leases.Claim(10, "a", int.MaxValue, [new(-1, 0), new(1 << 20, 0), new(7, -1), new(7, 0)]);

        Assert.Equal(Enumerable.Range(0, RunnerLeases.MaxRunnersPerPool), Indices(leases, 10)[0]);
        Assert.Equal(new Lease(7, RunnerLeases.Attempts - 1), leases.Of(10)[7]);
    }

    /// <summary>Pools come, claim again, restart at their place, leave; the registry is lost and begins anew from what the living hold.</summary>
    [Fact]
    public void Over_any_history_no_index_has_two_living_pools_and_none_is_taken_from_who_holds_it() => Check.Sample(
        Gen.Select(Gen.ULong, Gen.Int[1, 6]),
        (seed, places) =>
        {
            RandomSource random = new(seed);
            RunnerLeases leases = Granting();
            Dictionary<string, (long Pool, int Count, IReadOnlyList<Lease> Held)> living = [];
            long next = 1;
            for (int turn = 0; turn < 120; turn++)
            {
                string place = $"node-{random.NextInt(places)}";
                switch (random.NextInt(6))
                {
                    case 0 or 1:
                        // A new process, its predecessor there dead without a word.
                        living[place] = (next++, 1 + random.NextInt(5), []);
                        break;
                    case 2 when living.Remove(place, out (long Pool, int Count, IReadOnlyList<Lease> Held) gone):
                        leases.Release(gone.Pool);
                        break;
                    case 3 when random.NextInt(4) == 0:
                        leases = new RunnerLeases(firstAttempt: 64 * (1 + random.NextInt(1000)));
                        foreach ((string other, (long pool, int count, IReadOnlyList<Lease> held)) in living)
                        {
                            leases.Claim(pool, other, count, held);
                        }

                        leases.Grant();
                        break;
                    default:
                        break;
                }

                foreach ((string other, (long pool, int count, IReadOnlyList<Lease> held)) in living.ToArray())
                {
                    if (other == place || random.NextInt(3) == 0)
                    {
                        leases.Claim(pool, other, count, held);
                        IReadOnlyList<Lease> granted = leases.Of(pool);
                        Assert.Equal(count, granted.Count);
                        Assert.Subset(granted.ToHashSet(), held.ToHashSet());
                        living[other] = (pool, count, granted);
                    }
                }

                int[] indices = [.. leases.Pools.SelectMany(pool => leases.Of(pool)).Select(lease => lease.Index)];
                Assert.Equal(indices.Distinct().Count(), indices.Length);
                Assert.Equal(indices.Length == 0 ? 0 : indices.Max() + 1, leases.Total);
            }

            // Whoever comes now fills the holes of the dead before the ladder grows.
            int[] holes = [.. Enumerable.Range(0, leases.Total).Except(leases.Pools.SelectMany(pool => leases.Of(pool)).Select(lease => lease.Index))];
            int total = leases.Total;
            leases.Claim(next, "last", holes.Length + 1, []);
            Assert.Equal([.. holes, total], leases.Of(next).Select(lease => lease.Index));
        },
        iter: 300,
        seed: "0000000000000",
        threads: 1);

    private static RunnerLeases Granting()
    {
        RunnerLeases leases = new(firstAttempt: 0);
        leases.Grant();
        return leases;
    }

    private static int[][] Indices(RunnerLeases leases, params long[] pools) =>
        [.. pools.Select(pool => leases.Of(pool).Select(lease => lease.Index).ToArray())];
}
