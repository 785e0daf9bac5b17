using Akka.Actor;

namespace DqnAkka.Actors.Tests;

/// <summary>Who counts as a worker.</summary>
public sealed class WorkerRegistryTests
{
    private readonly WorkerRegistry _workers = new(Make.Layout(Make.Options()));

    [Fact]
    public void A_worker_that_starts_again_takes_the_place_of_its_earlier_start_and_is_counted_once()
    {
        WorkerRegistry.Worker? first = Register("a", 1, out _);
        WorkerRegistry.Worker? second = Register("a", 2, out WorkerRegistry.Worker? replaced);

        Assert.Same(first, replaced);
        // Whoever lets go of the earlier start does not let go of the later one.
        _workers.Remove(replaced!);

        Assert.Same(second, Register("a", 2, out replaced));
        Assert.Null(replaced);
        Assert.Same(second, Assert.Single(_workers.All));
        Assert.Null(_workers[first!.Number]);
    }

    [Fact]
    public void A_word_of_an_earlier_start_that_comes_late_is_passed_over()
    {
        WorkerRegistry.Worker? worker = Register("a", 2, out _);

        Assert.Null(Register("a", 1, out WorkerRegistry.Worker? replaced));

        Assert.Null(replaced);
        Assert.Same(worker, Assert.Single(_workers.All));
    }

    private WorkerRegistry.Worker? Register(string name, long incarnation, out WorkerRegistry.Worker? replaced) =>
        _workers.Register(new GradientProtocol.Register(name, incarnation, "", 0), ActorRefs.Nobody, out replaced);
}
