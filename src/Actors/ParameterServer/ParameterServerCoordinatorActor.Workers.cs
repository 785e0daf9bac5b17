using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <content>Workers: their transitions and their gradients.</content>
internal sealed partial class ParameterServerCoordinatorActor
{
    // A worker's thread computes long gradients; that it ended, Akka says sooner.
    private const int SilentWorkerTicks = 60;

    // Workers give rounds up themselves, and earlier.
    private const int RoundTicks = 10;
    private static readonly TimeSpan NoticePeriod = TimeSpan.FromSeconds(10);
    private readonly RepeatLimit _workerNotices = new(NoticePeriod, TimeProvider.System);

    private void OnRegister(GradientProtocol.Register message)
    {
        if (_workers.Fault(message) is { } fault)
        {
            Sender.Tell(new GradientProtocol.WorkerRefused(fault));
            return;
        }

        if (_workers.Register(message, Sender, out WorkerRegistry.Worker? replaced) is not { } worker)
        {
            return;
        }

        if (replaced is not null)
        {
            Forget(replaced);
        }

        Context.Watch(Sender);
        worker.HeardAt = _now;
        _planner.Prefetch = Math.Max(_options.Learner.Prefetch, _workers.All.Count);
        if (IsLoaded)
        {
            Admit(worker);
        }
    }

    /// <summary>A worker without parameters of this epoch gets some; one that has not come forward with work on those that it was sent gets newer ones.</summary>
    private void Admit(WorkerRegistry.Worker worker)
    {
        worker.Reference.Tell(new GradientProtocol.Registered(worker.Number, _epoch));
        if (!worker.HasParameters || (worker.AwaitedSince is { } since && _now - since > _timeoutTicks))
        {
            SendParameters(worker, withTarget: true);
        }
    }

    private void SendParameters(WorkerRegistry.Worker worker, bool withTarget)
    {
        worker.HasParameters = true;
        worker.AwaitedSince = _now;
        _ranges.Send(_ledger.Version, ParameterServerProtocol.RangePart.Online, withTarget, worker.Reference);
    }

    private void OnWorkRequest(GradientProtocol.WorkRequest request)
    {
        if (Known(request.Worker, request.Epoch) is { } worker)
        {
            worker.AwaitedSince = null;
            _rounds.Request(worker.Number, handedAt => _now - handedAt > RoundTicks);
            Distribute(reporter: null);
        }
    }

    private void OnRoundSampled(GradientProtocol.RoundSampled sampled)
    {
        foreach (ReplayProtocol.ShardState state in sampled.States)
        {
            if (!_refusals.Has(_replies.Fault(state), Sender))
            {
                Apply(state);
            }
        }

        if (Known(sampled.Worker, sampled.Epoch) is { } worker)
        {
            _rounds.Sampled(worker.Number, sampled.Round);
            Distribute(reporter: null);
        }
    }

    private void OnRoundFailed(GradientProtocol.RoundFailed failed)
    {
        if (Known(failed.Worker, failed.Epoch) is not { } worker)
        {
            return;
        }

        _rounds.Fail(worker.Number, failed.Round);
        int[] silent = [.. failed.Silent.Where(shard => shard >= 0 && shard < _planner.Accounts.Shards && !_planner.Accounts.IsSilent(shard))];
        if (silent.Length > 0)
        {
            _planner.Accounts.MarkSilent(silent);
            Notice($"{worker.Name} had no answer to a sample request from {ShardNames.Of(silent)}; the server goes on without until there is one");
        }

        Distribute(reporter: null);
    }

    /// <summary>Hands out as many rounds as workers wait for and the limiter allows, and renews what shards may insert.</summary>
    private void Distribute(int? reporter)
    {
        _planner.ShareAllowances();
        while (!_isHeld && _rounds.TryHand(_now, out int number) is { } round)
        {
            if (_workers[number] is { } worker)
            {
                worker.Reference.Tell(WorkOf(round));
            }
        }

        _shards.RenewAllowances(reporter);
    }

    private GradientProtocol.Work WorkOf(SampleRound round)
    {
        GradientProtocol.ShardPart[] parts = new GradientProtocol.ShardPart[round.Counts.Count];
        for (int shard = 0; shard < parts.Length; shard++)
        {
            ShardShare share = round.Shares[shard];
            int[] counts = round.Counts[shard] ?? [];
            (long allowance, long allowanceNumber, _) = counts.Length > 0 ? _planner.Allowances.Take(shard) : (0, 0, false);
            parts[shard] = new GradientProtocol.ShardPart(
                shard, counts, share.Probability, share.Smallest, allowance, allowanceNumber, _planner.Accounts.IncarnationOf(shard));
        }

        return new GradientProtocol.Work(_epoch, round.Number, round.TotalCount, _planner.Accounts.LargestPriority, _schedules.Beta(_ledger.Version), parts);
    }

    private void OnGradientComputed(GradientProtocol.GradientComputed gradient)
    {
        if (Known(gradient.Worker, gradient.Epoch) is not { } worker)
        {
            return;
        }

        worker.AwaitedSince = null;
        if (_ledger.Compute(gradient, _now))
        {
            worker.Gradients++;
            _rounds.Computed(worker.Number, gradient.Rows);
            Decide();
            if (_rounds.HasWaiting)
            {
                Distribute(reporter: null);
            }
        }
    }

    private void OnGradientHeld(ParameterServerProtocol.GradientHeld held)
    {
        if (held.Epoch != _epoch)
        {
            return;
        }

        if (_workers[held.Worker] is null || !_ledger.Hold(held, _now))
        {
            _server.Region.Tell(new ParameterServerProtocol.DropGradient(held.Range, _epoch, held.Worker, held.Push));
            return;
        }

        Decide();
    }

    private WorkerRegistry.Worker? Known(int number, long epoch)
    {
        WorkerRegistry.Worker? worker = epoch == _epoch && IsLoaded ? _workers[number] : null;
        if (worker is not null)
        {
            worker.HeardAt = _now;
        }

        return worker;
    }

    /// <summary>Takes all decisions that can be taken, as long as the ranges keep up.</summary>
    private void Decide()
    {
        while (!_isHeld && _ranges.Unconfirmed < MostUnconfirmed && _ledger.Next() is { } decision)
        {
            switch (decision)
            {
                case GradientsApplied applied:
                    Apply(applied);
                    break;
                case GradientDropped dropped:
                    Drop(dropped);
                    break;
                default:
                    break;
            }
        }

        if (_reports.IsDue)
        {
            Report();
        }
    }

    private void Apply(GradientsApplied applied)
    {
        ParameterServerProtocol.GradientShare[] shares = new ParameterServerProtocol.GradientShare[applied.Gradients.Count];
        for (int i = 0; i < shares.Length; i++)
        {
            GradientProtocol.GradientComputed gradient = applied.Gradients[i];
            shares[i] = new ParameterServerProtocol.GradientShare(gradient.Worker, gradient.Push, _schedules.ClipScale(gradient.Norm) / shares.Length);
            _reports.Add(gradient);
            _skipped.Count(new TrainingResult(gradient.Loss, gradient.MeanAbsoluteTdError, gradient.MeanQ, gradient.Norm));
            if (_workers[gradient.Worker] is { } worker)
            {
                worker.AwaitedSince = _now;
            }
        }

        float learningRate = (float)(_schedules.LearningRate(applied.Version) * applied.LearningRateFactor);
        _ranges.Apply(applied.Version, shares, learningRate, _schedules.PolyakTau(applied.Version));
        _isSnapshotDue |= _schedules.IsSnapshotDue(applied.Version);
        _isCheckpointDue |= applied.Version >= _nextCheckpoint;
        Capture();
    }

    private void Drop(GradientDropped dropped)
    {
        GradientProtocol.GradientComputed gradient = dropped.Gradient;
        if (gradient.Verdict == GradientProtocol.GradientVerdict.Sent)
        {
            _ranges.Drop(gradient.Worker, gradient.Push);
        }

        WorkerRegistry.Worker? worker = _workers[gradient.Worker];
        if (worker is not null)
        {
            worker.Discarded++;
            worker.Reference.Tell(new GradientProtocol.GradientDiscarded(_epoch, gradient.Push, dropped.Reason, _ledger.Version));
            if (gradient.BaseVersion != _ledger.Version)
            {
                SendParameters(worker, withTarget: _schedules.TargetVersion(_ledger.Version) > gradient.BaseVersion || gradient.BaseVersion > _ledger.Version);
            }
        }

        if (dropped.Reason == GradientProtocol.DiscardReason.NotFinite)
        {
            CountNotFinite(worker?.Name ?? $"gradient worker {gradient.Worker}", dropped.Fault);
        }
    }

    private void CountNotFinite(string name, string fault)
    {
        _skipped.Count(new TrainingResult(float.NaN, float.NaN, float.NaN, float.NaN));
        if (_workerNotices.Admit(name) || _skipped.InARow >= _options.Learner.MaxSkippedUpdates)
        {
            string words = fault.Length > 0 ? fault : "its loss or its gradient was NaN or infinite";
            Notice($"a gradient of {name} was discarded: {words} ({_skipped.InARow} in a row by now, {_skipped.Total} in all)");
        }

        _skipped.RequireFew(_ledger.Version, _checkpoint);
    }

    private void WatchWorkers()
    {
        foreach (WorkerRegistry.Worker silent in _workers.All.Where(worker => _now - worker.HeardAt > SilentWorkerTicks).ToArray())
        {
            Forget(silent);
            Notice($"nothing was heard of {silent.Name} for {SilentWorkerTicks} s; the server goes on without it");
        }

        foreach (int number in _rounds.Late(_now - _timeoutTicks - RoundTicks))
        {
            _rounds.FailUnsampled(number);
            Notice($"{_workers[number]?.Name ?? "a worker"} did not say in time that it has its transitions; they are given up");
        }

        // While a range is away no gradient can be whole, and no worker is to blame.
        if (IsLoaded && _ranges.Silent(_now, _timeoutTicks).Count == 0)
        {
            foreach ((int number, long push) in _ledger.Expire(_now - _timeoutTicks))
            {
                _ranges.Drop(number, push);
                Notice($"a gradient of {_workers[number]?.Name ?? "a worker"} was not whole after {_timeoutTicks} s (dqn.parameter-server.timeout-seconds) and is lost");
            }

            Decide();
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        foreach (WorkerRegistry.Worker worker in _workers.Of(terminated.ActorRef))
        {
            Forget(worker);
            Notice($"{worker.Name} has ended; what it was computing is lost");
        }

        Distribute(reporter: null);
    }

    private void Forget(WorkerRegistry.Worker worker)
    {
        _workers.Remove(worker);
        _ledger.Drop(worker.Number);
        _rounds.Drop(worker.Number);
        if (IsLoaded)
        {
            _ranges.Drop(worker.Number, long.MaxValue);
        }
    }
}
