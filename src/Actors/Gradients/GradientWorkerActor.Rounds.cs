using Akka.Actor;
using DqnAkka.Learner;
using Protocol = DqnAkka.Actors.GradientProtocol;

namespace DqnAkka.Actors;

/// <content>The rounds of transitions: asked for ahead of need, sampled from the replay shards, given up where a shard is silent.</content>
public sealed partial class GradientWorkerActor
{
    private const int SampleSeconds = 5;
    private readonly SampledRounds _rounds = new();
    private readonly SampleReplies _replies;
    private bool _isAsking;

    private void AskForWork()
    {
        if (_rounds.HasRoom && !_isAsking)
        {
            _isAsking = true;
            _links.Training.Tell(new Protocol.WorkRequest(_number, _parameters.Epoch));
        }
    }

    private void OnWork(Protocol.Work work)
    {
        if (!Follow(work.Epoch) || !_rounds.HasRoom || _refusals.Has(WorkerRound.Fault(work, _options.Replay.Shards, _options.Learner.BatchSize), Sender))
        {
            return;
        }

        _isAsking = false;
        _secondsStill = 0;
        WorkerRound round = new(work, _options.Replay.Shards);
        _rounds.Take(round);
        foreach (ReplayProtocol.SampleRequest request in round.Requests())
        {
            _links.Replay.Tell(request);
        }
    }

    private void OnSampleReplyPart(ReplayProtocol.SampleReplyPart part)
    {
        if (_replies.Join(part) is { } reply)
        {
            OnSampleReply(reply);
        }
    }

    private void OnSampleReply(ReplayProtocol.SampleReply reply)
    {
        if (!_rounds.IsAwaited(reply.Request) || _refusals.Has(_replies.Fault(reply), Sender))
        {
            return;
        }

        WorkerRound round = _rounds.Following!;
        if (round.Add(reply))
        {
            _links.Training.Tell(new Protocol.RoundSampled(_number, round.Epoch, round.Number, round.States));
            GoOn();
        }
    }

    /// <summary>A shard that has nothing to give says so instead of answering: it was started anew.</summary>
    private void OnShardState(ReplayProtocol.ShardState state)
    {
        if (_replies.Fault(state) is null && _rounds.Following is { IsSampled: false } round && round.Awaits(state.Shard))
        {
            Fail(round, [state.Shard]);
        }
    }

    private void AgeRound()
    {
        if (_rounds.Following is { IsSampled: false } round && ++round.Age > SampleSeconds)
        {
            // Given up only after what is in the mailbox by now.
            Self.Tell(new GiveUp(round.Number));
        }
    }

    private void OnGiveUp(GiveUp late)
    {
        if (_rounds.IsAwaited(late.Round))
        {
            Fail(_rounds.Following!, _rounds.Following!.Silent);
        }
    }

    private void Fail(WorkerRound round, IReadOnlyList<int> silent)
    {
        _rounds.GiveUp();
        _links.Training.Tell(new Protocol.RoundFailed(_number, round.Epoch, round.Number, silent));
        GoOn();
    }

    private sealed record GiveUp(long Round);
}
