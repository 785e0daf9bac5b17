namespace DqnAkka.Actors.Tests;

public sealed class IncarnationsTests
{
    [Fact]
    public void Every_incarnation_is_larger_than_the_one_before_on_every_thread()
    {
        long[][] drawn = new long[4][];
        Thread[] threads = [.. Enumerable.Range(0, drawn.Length).Select(thread => new Thread(() => drawn[thread] = [.. Enumerable.Range(0, 2000).Select(_ => Incarnations.Next())]))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.All(drawn, numbers => Assert.Equal(numbers.Order(), numbers));
        Assert.Equal(4 * 2000, drawn.SelectMany(numbers => numbers).Distinct().Count());
    }

    [Fact]
    public void What_was_seen_elsewhere_is_surpassed_and_what_is_old_changes_nothing()
    {
        // A minute ahead of this machine's clock: far enough to tell, and soon caught up with by what else runs here.
        long ahead = DateTime.UtcNow.AddMinutes(1).Ticks;
        Incarnations.Observe(ahead);
        long next = Incarnations.Next();
        Assert.True(next > ahead);

        Incarnations.Observe(1);
        Assert.True(Incarnations.Next() > next);
    }
}
