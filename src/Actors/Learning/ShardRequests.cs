using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>What the learner sends to the shards: requests for samples, allowances of inserts, new priorities.</summary>
/// <param name="planner">What is to be asked for.</param>
/// <param name="region">The shards' region.</param>
/// <param name="learner">Who is answered.</param>
/// <param name="run">The run; 0 where it has no number.</param>
internal sealed class ShardRequests(SamplePlanner planner, IActorRef region, IActorRef learner, long run)
{
    // Shards that report at once or their next insert, as far as is known.
    private readonly bool[] _isAsked = new bool[planner.Accounts.Shards];

    /// <summary>Asks for as many rounds as may be asked for. Where the limiter holds, every shard reports its next insert, or that it wants to.</summary>
    /// <param name="reporter">The shard that has reported just now, and so will not again unless asked; null where none has.</param>
    public void RequestRounds(int? reporter)
    {
        if (reporter is { } heard)
        {
            _isAsked[heard] = false;
        }

        planner.ShareAllowances();
        while (planner.TryPlan() is { } round)
        {
            for (int shard = 0; shard < round.Counts.Count; shard++)
            {
                if (round.Counts[shard] is { } counts)
                {
                    (long allowance, long allowanceNumber, _) = planner.Allowances.Take(shard);
                    ReplayProtocol.SampleRequest request = new(shard, round.Number, counts, allowance, planner.Accounts.IncarnationOf(shard))
                    {
                        AllowanceNumber = allowanceNumber,
                        LargestPriority = planner.Accounts.LargestPriority,
                    };
                    region.Tell(request, learner);
                }
            }
        }

        GrantChanged();
    }

    /// <summary>As <see cref="RequestRounds"/>, where others ask for the rounds: renews what has changed, and hears of the next insert where the limiter holds.</summary>
    /// <param name="reporter">As for <see cref="RequestRounds"/>.</param>
    public void RenewAllowances(int? reporter)
    {
        if (reporter is { } heard)
        {
            _isAsked[heard] = false;
        }

        planner.ShareAllowances();
        GrantChanged();
    }

    private void GrantChanged()
    {
        foreach (int shard in planner.Allowances.Changed)
        {
            Grant(shard, reportNow: false);
        }

        // With every request out the replies bring the states; otherwise the limiter holds, and what comes next may come from any shard.
        if (planner.Outstanding >= planner.Prefetch)
        {
            return;
        }

        for (int shard = 0; shard < _isAsked.Length; shard++)
        {
            if (!_isAsked[shard])
            {
                Grant(shard, reportNow: false);
            }
        }
    }

    /// <summary>Renews every shard's allowance and asks for its account.</summary>
    /// <param name="reportNow">Whether at once, or after its next insert.</param>
    public void Grant(bool reportNow)
    {
        planner.ShareAllowances();
        for (int shard = 0; shard < planner.Accounts.Shards; shard++)
        {
            Grant(shard, reportNow);
        }
    }

    /// <summary>Returns new priorities, in messages that each fit a frame.</summary>
    public void ReturnPriorities(SampleRound round, float[] absoluteTdErrors)
    {
        foreach (ReplayProtocol.UpdatePriorities whole in round.Priorities(absoluteTdErrors))
        {
            foreach (ReplayProtocol.UpdatePriorities update in WireParts.Split(whole))
            {
                region.Tell(update, learner);
            }
        }
    }

    private void Grant(int shard, bool reportNow)
    {
        (long allowance, long number, bool isLowered) = planner.Allowances.Take(shard);
        // What is taken back is free for others as soon as it is confirmed.
        ReplayProtocol.GrantInserts grant = new(shard, allowance, reportNow || isLowered, planner.Accounts.IncarnationOf(shard))
        {
            AllowanceNumber = number,
            Run = run,
            KnownInserts = planner.Accounts.InsertsOf(shard),
            LargestPriority = planner.Accounts.LargestPriority,
        };
        region.Tell(grant, learner);
        _isAsked[shard] = true;
    }
}
