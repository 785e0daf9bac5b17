using Akka.Actor;
using Akka.Event;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>
/// One range of the parameter server, an entity of the region <see cref="ParameterServerRegion"/>. Holds what workers push until the coordinator
/// says what becomes of it, and answers them with the parameters of exactly the version that their gradient made. One that is lost comes back
/// empty elsewhere and says so; the coordinator then loads all ranges anew.
/// </summary>
public sealed class ParameterServerShardActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(1);
    private readonly ParameterRangeState _state;
    private readonly RangeTransfers _transfers;
    private readonly IActorRef _node;
    private readonly string _part;
    private readonly int _range;
    private readonly Dictionary<int, (IActorRef Worker, long TargetVersion)> _workers = [];
    private readonly Refusals _refusals;
    private IActorRef _coordinator = ActorRefs.Nobody;
    private long _loadedEpoch;
    private long _bytesReceived;

    /// <summary>Called by Akka; use <see cref="CreateProps"/>.</summary>
    public ParameterServerShardActor(ParameterRange range, TrainingOptions options, IActorRef node)
    {
        ArgumentNullException.ThrowIfNull(options);
        _range = range.Index;
        _part = $"range-{range.Index}";
        _node = node;
        _state = new ParameterRangeState(range, options.Learner);
        _transfers = new RangeTransfers(range.Index, Self);
        _refusals = new Refusals($"range {range.Index} of the parameter server", Context.GetLogger());
        Receive<ParameterServerProtocol.LoadState>(OnLoadState);
        Receive<ParameterServerProtocol.ProbeRange>(OnProbe);
        Receive<ParameterServerProtocol.PushGradient>(OnPush);
        Receive<ParameterServerProtocol.ApplyGradients>(OnApply);
        Receive<ParameterServerProtocol.DropGradient>(OnDrop);
        Receive<ParameterServerProtocol.SendParameters>(OnSendParameters);
        Receive<ParameterServerProtocol.ParametersReceived>(OnParametersReceived);
        Receive<Terminated>(OnTerminated);
        Receive<Report>(_ => OnReport());
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Makes a range.</summary>
    /// <param name="range">Which part of the vector it is.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="node">Hears once a second where the range stands (<see cref="NodeProtocol.PartReport"/>).</param>
    public static Props CreateProps(ParameterRange range, TrainingOptions options, IActorRef node) =>
        Props.Create(() => new ParameterServerShardActor(range, options, node)).WithDispatcher(Dispatchers.ParameterServer);

    /// <inheritdoc />
    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Report), Report.Instance, TimeSpan.Zero, ReportPeriod);

    private void OnLoadState(ParameterServerProtocol.LoadState piece)
    {
        if (piece.Length != _state.Range.Length)
        {
            _refusals.Has(
                $"a state of {piece.Length} parameters is none of this range, which has {_state.Range.Length}: all nodes must use the same dqn.network and dqn.parameter-server.shards",
                Sender);
            return;
        }

        switch (_state.Load(piece))
        {
            case ParameterRangeState.Outcome.Acknowledge:
                Sender.Tell(new ParameterServerProtocol.StateReceived(_range, piece.Epoch, _state.Received));
                break;
            case ParameterRangeState.Outcome.Done:
                Loaded();
                break;
            case ParameterRangeState.Outcome.Unknown:
                TellUnknown(piece.Epoch);
                break;
            default:
                break;
        }
    }

    private void Loaded()
    {
        if (_state.Epoch != _loadedEpoch)
        {
            _loadedEpoch = _state.Epoch;
            _transfers.Clear();
            _workers.Clear();
        }

        _coordinator = Sender;

        Sender.Tell(new ParameterServerProtocol.RangeLoaded(_range, _state.Epoch, _state.Version));
    }

    private void OnProbe(ParameterServerProtocol.ProbeRange probe)
    {
        if (probe.Epoch == _state.Epoch)
        {
            Sender.Tell(new ParameterServerProtocol.RangeLoaded(_range, _state.Epoch, _state.Version));
        }
        else
        {
            TellUnknown(probe.Epoch);
        }
    }

    private void OnPush(ParameterServerProtocol.PushGradient piece)
    {
        if (piece.Epoch != _state.Epoch)
        {
            TellUnknown(piece.Epoch);
            return;
        }

        if (!_workers.TryGetValue(piece.Worker, out (IActorRef Worker, long TargetVersion) known) || !known.Worker.Equals(Sender))
        {
            Context.Watch(Sender);
        }

        _workers[piece.Worker] = (Sender, piece.TargetVersion);
        _bytesReceived += piece.Bytes.Length;
        switch (_state.Held.Take(piece, out int received, out string fault))
        {
            case HeldGradients.Outcome.Acknowledge:
                Sender.Tell(new ParameterServerProtocol.GradientReceived(_range, piece.Epoch, piece.Push, received));
                break;
            case HeldGradients.Outcome.Whole:
                _coordinator.Tell(new ParameterServerProtocol.GradientHeld(_range, piece.Epoch, piece.Worker, piece.Push, fault));
                break;
            default:
                break;
        }
    }

    private void OnApply(ParameterServerProtocol.ApplyGradients message)
    {
        switch (_state.Apply(message))
        {
            case ParameterRangeState.Outcome.Done:
                AnswerWorkers(message);
                break;
            case ParameterRangeState.Outcome.Unknown:
                TellUnknown(message.Epoch);
                return;
            default:
                break;
        }

        Sender.Tell(new ParameterServerProtocol.RangeUpdated(_range, _state.Epoch, _state.Version));
    }

    private void AnswerWorkers(ParameterServerProtocol.ApplyGradients message)
    {
        foreach (ParameterServerProtocol.GradientShare share in message.Gradients)
        {
            if (_workers.TryGetValue(share.Worker, out (IActorRef Worker, long TargetVersion) worker))
            {
                Send(worker.Worker, withTarget: worker.TargetVersion < _state.TargetVersion);
            }
        }
    }

    private void Send(IActorRef receiver, bool withTarget)
    {
        if (withTarget)
        {
            _transfers.Send(receiver, _state, ParameterServerProtocol.RangePart.Target, ParameterServerProtocol.RangePart.Online);
        }
        else
        {
            _transfers.Send(receiver, _state, ParameterServerProtocol.RangePart.Online);
        }
    }

    private void OnDrop(ParameterServerProtocol.DropGradient message)
    {
        if (message.Epoch != _state.Epoch)
        {
            TellUnknown(message.Epoch);
            return;
        }

        _state.Held.Decide(message.Worker, message.Push);
        if (message.Push == long.MaxValue)
        {
            _workers.Remove(message.Worker);
        }
    }

    private void OnSendParameters(ParameterServerProtocol.SendParameters message)
    {
        if (message.Epoch != _state.Epoch)
        {
            // The sender is whom the parameters are for; the coordinator must hear of it too.
            TellUnknown(message.Epoch);
            return;
        }

        if (message.Version != _state.Version)
        {
            return;
        }

        if (message.Part == ParameterServerProtocol.RangePart.State)
        {
            _transfers.Send(Sender, _state, ParameterServerProtocol.RangePart.State);
        }
        else
        {
            Send(Sender, message.WithTarget);
        }
    }

    private void OnParametersReceived(ParameterServerProtocol.ParametersReceived message)
    {
        if (message.Epoch == _state.Epoch)
        {
            _transfers.Acknowledge(Sender, message.Transfer, message.Bytes);
        }
    }

    private void OnTerminated(Terminated terminated)
    {
        _transfers.Drop(terminated.ActorRef);
        foreach (int worker in _workers.Where(entry => entry.Value.Worker.Equals(terminated.ActorRef)).Select(entry => entry.Key).ToArray())
        {
            // What is whole is the coordinator's to decide upon.
            _state.Held.DropUnfinished(worker);
            _workers.Remove(worker);
        }
    }

    private void TellUnknown(long epoch) => Sender.Tell(new ParameterServerProtocol.RangeUnknown(_range, epoch, _state.Epoch));

    private void OnReport()
    {
        ParameterRangeStatus status = new(
            _range, _state.Range.Length, _state.Epoch, _state.Version, _state.TargetVersion, _state.Held.Count, _bytesReceived, _transfers.BytesSent);
        string waitsFor = _state.Epoch == 0 ? "the training, which gives it its parameters" : "gradients from the workers";
        _node.Tell(new NodeProtocol.PartReport(_part, _state.Version + (_bytesReceived / ChunkWindow.ChunkBytes), waitsFor, status));
    }

    private sealed record Report
    {
        private Report()
        {
        }

        public static Report Instance { get; } = new();
    }
}
