using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Stands for the ranges' region: makes a range when it is first spoken to, and one that was lost anew, empty.</summary>
internal sealed class RangeRouter : ReceiveActor
{
    private readonly Dictionary<int, IActorRef> _ranges = [];
    private readonly HashSet<int> _away = [];

    public RangeRouter(NetworkLayout layout, TrainingOptions options)
    {
        IReadOnlyList<ParameterRange> cut = ParameterRange.Cut(layout.Length, options.ParameterServer.Shards);
        Receive<IParameterRangeMessage>(message =>
        {
            if (_away.Contains(message.Range))
            {
                return;
            }

            if (!_ranges.TryGetValue(message.Range, out IActorRef? range))
            {
                range = Context.ActorOf(ParameterServerShardActor.CreateProps(cut[message.Range], options, ActorRefs.Nobody));
                _ranges.Add(message.Range, range);
            }

            range.Forward(message);
        });
        Receive<Lose>(lose =>
        {
            if (_ranges.Remove(lose.Range, out IActorRef? range))
            {
                Context.Stop(range);
            }
        });
        Receive<Cut>(cutOff => _ = cutOff.IsAway ? _away.Add(cutOff.Range) : _away.Remove(cutOff.Range));
    }

    /// <summary>A range's node is killed.</summary>
    public sealed record Lose(int Range);

    /// <summary>What is said to a range is lost on the way, or is so no longer.</summary>
    public sealed record Cut(int Range, bool IsAway);
}

/// <summary>Keeps a coordinator as its guardian does: one that throws for a lost range is started again.</summary>
internal sealed class RestartingParent : ReceiveActor
{
    private readonly Action<Exception> _failed;

    public RestartingParent(Props child, Action<Exception> failed)
    {
        _failed = failed;
        IActorRef coordinator = Context.ActorOf(child);
        ReceiveAny(coordinator.Forward);
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(
        -1,
        System.Threading.Timeout.Infinite,
        exception =>
        {
            _failed(exception);
            return exception is RangeLostException ? Directive.Restart : Directive.Stop;
        },
        loggingEnabled: false);
}
