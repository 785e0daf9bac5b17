using CsCheck;

namespace DqnAkka.Actors.Tests;

public sealed class ChunkWindowTests
{
    private const int Window = ChunkWindow.MostUnderway * ChunkWindow.ChunkBytes;

    [Fact]
    public void A_vector_of_any_length_arrives_with_no_more_underway_than_the_window() =>
        Gen.Select(Gen.Int[1, 4 * Window], Gen.Int[0, int.MaxValue]).Sample(
            (total, seed) =>
            {
                Random random = new(seed);
                ChunkWindow window = new(total);
                ChunkProgress progress = new(total);
                Queue<(int Offset, int Length)> underway = new();
                Queue<int> acknowledgements = new();
                while (!progress.IsWhole)
                {
                    while (window.TryNext(out int offset, out int length))
                    {
                        underway.Enqueue((offset, length));
                    }

                    Assert.InRange(underway.Count, 0, ChunkWindow.MostUnderway);
                    Assert.True(underway.Count + acknowledgements.Count > 0, "both sides wait for ever");
                    if (acknowledgements.Count > 0 && (underway.Count == 0 || random.Next(2) == 0))
                    {
                        window.Acknowledge(acknowledgements.Dequeue());
                        continue;
                    }

                    (int from, int bytes) = underway.Dequeue();
                    Assert.True(progress.TryTake(from, bytes));
                    if (progress.IsAcknowledgementDue)
                    {
                        acknowledgements.Enqueue(progress.Received);
                    }
                }

                Assert.True(window.IsSent);
            },
            seed: "0000000000000",
            iter: 300);

    [Theory]
    [InlineData(1)]
    [InlineData(Window)]
    public void A_vector_within_the_window_is_never_acknowledged(int total)
    {
        ChunkWindow window = new(total);
        ChunkProgress progress = new(total);
        while (window.TryNext(out int offset, out int length))
        {
            Assert.True(progress.TryTake(offset, length));
            Assert.False(progress.IsAcknowledgementDue);
        }

        Assert.True(progress.IsWhole);
    }

    [Fact]
    public void Pieces_that_are_repeated_early_empty_or_too_long_are_not_taken()
    {
        ChunkProgress progress = new(100);
        Assert.False(progress.TryTake(1, 10));
        Assert.False(progress.TryTake(0, 0));
        Assert.False(progress.TryTake(0, 101));
        Assert.True(progress.TryTake(0, 60));
        Assert.False(progress.TryTake(0, 60));
        Assert.False(progress.TryTake(60, int.MaxValue));
        Assert.True(progress.TryTake(60, 40));
    }

    [Fact]
    public void An_acknowledgement_of_more_than_was_sent_says_nothing()
    {
        ChunkWindow window = new(2 * Window);
        while (window.TryNext(out _, out _))
        {
        }

        window.Acknowledge(2 * Window);
        Assert.False(window.TryNext(out _, out _));
    }
}
