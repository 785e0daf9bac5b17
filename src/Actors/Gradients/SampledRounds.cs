namespace DqnAkka.Actors;

/// <summary>The round that a gradient worker computes on and the one after it, which is asked for meanwhile so that its transitions are there in time.</summary>
internal sealed class SampledRounds : ISampleRequests
{
    /// <summary>The round that is computed on; null where there is none.</summary>
    public WorkerRound? Current { get; private set; }

    /// <summary>The round after it, which may still be without transitions.</summary>
    public WorkerRound? Following { get; private set; }

    /// <summary>Whether there is room for a round to be asked for.</summary>
    public bool HasRoom => Following is null;

    /// <summary>Whether there is a batch to compute on.</summary>
    public bool HasBatch => Current is { IsUsedUp: false } || Following is { IsSampled: true };

    /// <inheritdoc />
    public bool IsAwaited(long number) => Following is { IsSampled: false } round && round.Number == number;

    /// <inheritdoc />
    public string? FaultOfCount(ReplayProtocol.SampleReply reply) =>
        IsAwaited(reply.Request) && Following!.Asked(reply.State.Shard) != reply.Samples.Keys.Length
            ? $"replay shard {reply.State.Shard} gave {reply.Samples.Keys.Length} transitions where {Following.Asked(reply.State.Shard)} were asked for"
            : null;

    /// <summary>Takes a round; there is room.</summary>
    /// <param name="round">The round.</param>
    public void Take(WorkerRound round) => Following = round;

    /// <summary>Gives up the round that waits for transitions.</summary>
    public void GiveUp() => Following = null;

    /// <summary>The round to take the next batch of; there is one.</summary>
    public WorkerRound Use()
    {
        if (Current is not { IsUsedUp: false })
        {
            Current = Following;
            Following = null;
        }

        return Current!;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        Current = null;
        Following = null;
    }
}
