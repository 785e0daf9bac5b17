namespace DqnAkka.Learner.Tests;

public sealed class TransitionBatchBuilderTests
{
    [Fact]
    public void Columns_are_visible_while_they_grow_and_survive_the_next_use()
    {
        TransitionBatchBuilder builder = new(1, 2);
        for (int i = 0; i < 5; i++)
        {
            builder.Add([i, i + 0.5f], i, 10 * i, 0.1f * i, [-i, -i - 0.5f]);
        }

        Assert.Equal(5, builder.Count);
        Assert.Equal([0, 1, 2, 3, 4], builder.Actions.ToArray());
        Assert.Equal([0f, 0.5f, 1, 1.5f, 2, 2.5f, 3, 3.5f, 4, 4.5f], builder.Observations.ToArray());
        Assert.Equal([0f, 10, 20, 30, 40], builder.Returns.ToArray());
        Assert.Equal(5, builder.Discounts.Length);
        Assert.Equal(10, builder.NextObservations.Length);

        TransitionBatch first = builder.Build([5, 4, 3, 2, 1]);
        Assert.Equal(0, builder.Count);
        builder.Add([9, 9], 9, 9, 9, [9, 9]);
        TransitionBatch second = builder.Build([]);
        Assert.Equal([0, 1, 2, 3, 4], first.Actions);
        Assert.Equal([5f, 4, 3, 2, 1], first.AbsoluteTdErrors);
        Assert.Equal([9], second.Actions);
        Assert.Empty(second.AbsoluteTdErrors);
    }

    [Fact]
    public void An_empty_builder_builds_an_empty_batch() => Assert.Equal(0, new TransitionBatchBuilder(1, 2).Build([]).Count);

    [Fact]
    public void What_does_not_fit_is_refused_and_nothing_is_lost()
    {
        TransitionBatchBuilder builder = new(1, 2);
        builder.Add([1, 2], 0, 0, 0, [1, 2]);
        Assert.Throws<ArgumentException>(() => builder.Add([1], 0, 0, 0, [1, 2]));
        Assert.Throws<ArgumentException>(() => builder.Add([1, 2], 0, 0, 0, [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => builder.Build([1, 2]));
        Assert.Equal(1, builder.Count);
    }
}
