using System.Diagnostics;
using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>What the learner sends to the shards: requests for samples, allowances of inserts, new priorities.</summary>
/// <param name="options">The run's options.</param>
/// <param name="planner">What is to be asked for.</param>
/// <param name="region">The shards' region.</param>
/// <param name="learner">Who is answered.</param>
internal sealed class ShardRequests(TrainingOptions options, SamplePlanner planner, IActorRef region, IActorRef learner)
{
    private static readonly TimeSpan GrantPeriod = TimeSpan.FromMilliseconds(10);
    private long _lastGrantToAll;

    /// <summary>Asks for as many rounds as may be asked for. Where the limiter holds, the shards report their next insert.</summary>
    /// <param name="reporter">The shard that was heard of just now.</param>
    public void RequestRounds(int reporter)
    {
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

        foreach (int shard in planner.Allowances.Changed)
        {
            Grant(shard, reportNow: false);
        }

        // With every request out the replies bring the states; otherwise the limiter holds, and the next insert must be heard of.
        if (planner.Outstanding >= options.Learner.Prefetch)
        {
            return;
        }

        // What one shard inserted changes every shard's part, but not so much that each insert is worth a message to all.
        if (Stopwatch.GetElapsedTime(_lastGrantToAll) >= GrantPeriod)
        {
            Grant(reportNow: false);
        }
        else
        {
            Grant(reporter, reportNow: false);
        }
    }

    /// <summary>Renews every shard's allowance and asks for its account.</summary>
    /// <param name="reportNow">Whether at once, or after its next insert.</param>
    public void Grant(bool reportNow)
    {
        _lastGrantToAll = Stopwatch.GetTimestamp();
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
            LargestPriority = planner.Accounts.LargestPriority,
        };
        region.Tell(grant, learner);
    }
}
