using DqnAkka.Learner;
using Outcome = DqnAkka.Actors.HeldGradients.Outcome;

namespace DqnAkka.Actors.Tests;

public sealed class HeldGradientsTests
{
    private static readonly ParameterRange Range = new(0, 0, 16 * 1024);

    [Fact]
    public void A_part_is_held_until_it_is_decided_upon_and_not_taken_again()
    {
        HeldGradients held = new(Range.Length, most: 8);
        float[] gradient = ServerHarness.Vector(Range.Length, 1);
        Assert.Equal(Outcome.Whole, TakeAll(held, 1, 1, gradient));
        Assert.Equal(gradient, held.Whole(1, 1));

        held.Decide(1, 1);

        Assert.Equal((0, null), (held.Count, held.Whole(1, 1)));
        Assert.Equal(Outcome.Ignored, TakeAll(held, 1, 1, gradient));
        Assert.Equal(0, held.Count);
    }

    [Fact]
    public void A_gap_stops_a_part_and_its_beginning_begins_it_anew()
    {
        HeldGradients held = new(Range.Length, most: 8);
        ParameterServerProtocol.PushGradient[] pieces = [.. ServerHarness.Push(Range, 1, 1, 1, ServerHarness.Vector(Range.Length, 1))];
        Assert.Equal(2, pieces.Length);
        Assert.Equal(Outcome.Ignored, held.Take(pieces[1], out _, out _));
        Assert.Equal(Outcome.Taken, held.Take(pieces[0], out _, out _));
        Assert.Equal(Outcome.Taken, held.Take(pieces[0], out _, out _));
        Assert.Equal(Outcome.Whole, held.Take(pieces[1], out _, out _));
        Assert.Equal(Outcome.Whole, held.Take(pieces[1], out _, out _));
    }

    [Fact]
    public void Whole_parts_outlive_their_worker_and_unfinished_ones_do_not()
    {
        HeldGradients held = new(Range.Length, most: 8);
        TakeAll(held, 1, 1, ServerHarness.Vector(Range.Length, 1));
        held.Take(ServerHarness.Push(Range, 1, 1, 2, ServerHarness.Vector(Range.Length, 2)).First(), out _, out _);
        Assert.Equal(2, held.Count);

        held.DropUnfinished(1);

        Assert.Equal(1, held.Count);
        Assert.NotNull(held.Whole(1, 1));
    }

    [Fact]
    public void A_worker_has_one_unfinished_part_and_all_together_no_more_than_the_cap()
    {
        HeldGradients held = new(Range.Length, most: 3);
        float[] gradient = ServerHarness.Vector(Range.Length, 1);
        for (int push = 1; push <= 10; push++)
        {
            held.Take(ServerHarness.Push(Range, 1, 1, push, gradient).First(), out _, out _);
        }

        Assert.Equal(1, held.Count);
        Assert.Equal(Outcome.Whole, TakeAll(held, 2, 1, gradient));
        Assert.Equal(Outcome.Whole, TakeAll(held, 3, 1, gradient));
        Assert.Equal(Outcome.Ignored, TakeAll(held, 4, 1, gradient));
        Assert.Equal(3, held.Count);
    }

    [Fact]
    public void A_component_that_is_not_finite_is_a_fault()
    {
        HeldGradients held = new(Range.Length, most: 3);
        float[] gradient = ServerHarness.Vector(Range.Length, 1);
        gradient[77] = float.NaN;
        string fault = "";
        foreach (ParameterServerProtocol.PushGradient piece in ServerHarness.Push(Range, 1, 1, 1, gradient))
        {
            held.Take(piece, out _, out fault);
        }

        Assert.Equal("component 77 of a gradient is NaN", fault);
        Assert.Null(held.Whole(1, 1));
    }

    private static Outcome TakeAll(HeldGradients held, int worker, long push, float[] gradient) =>
        ServerHarness.Push(Range, 1, worker, push, gradient).Select(piece => held.Take(piece, out _, out _)).ToArray()[^1];
}
