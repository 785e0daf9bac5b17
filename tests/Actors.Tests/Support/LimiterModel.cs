using Akka.Actor;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>
/// The whole protocol of the limiter without actors: a learner's planner, shards and runners with the classes that the actors own, and
/// a channel for each pair, first in, first out, from which the test delivers in any order.
/// </summary>
internal sealed class LimiterModel
{
    public const int Window = 2;
    private const int RoundDeadline = 3_000;
    private readonly TrainingOptions _options;
    private readonly RandomSource _random;
    private readonly Dictionary<(string From, string To), Queue<object>> _channels = [];
    private readonly Dictionary<long, int> _roundTimes = [];
    private readonly bool[] _isAsked;
    private Dictionary<string, long> _checkpoint = [];
    private int _time;

    public LimiterModel(TrainingOptions options, IReadOnlyList<int> fragments, ulong seed)
    {
        _options = options;
        _random = new RandomSource(seed);
        _isAsked = new bool[options.Replay.Shards];
        Shards = [.. Enumerable.Range(0, options.Replay.Shards).Select(NewShard)];
        Runners = [.. fragments.Select((size, index) => new Runner(index, size, Incarnations.Next(), Shards.Length))];
        Learner = new SamplePlanner(options, _random);
        Save();
        StartLearner();
    }

    public Shard[] Shards { get; }

    public Runner[] Runners { get; }

    public SamplePlanner Learner { get; private set; }

    /// <summary>Share of the messages between runners and shards that are lost.</summary>
    public double Loss { get; set; }

    public double LearnerLoss { get; set; }

    /// <summary>Whether time passes, in which learner and runners ask again for what they have not heard of.</summary>
    public bool HasTime { get; set; } = true;

    /// <summary>Rounds that were given up since a shard was silent.</summary>
    public int GivenUp { get; private set; }

    /// <summary>Where the account will be when all credit that shards have granted is used up, whatever the learner knows of it.</summary>
    public long Committed => Learner.Accounts.Inserts + Shards.Sum(shard => shard.Inserts + shard.Credits.Reserved
        - (Learner.Accounts.IncarnationOf(shard.Index) == shard.Incarnation ? Learner.Accounts.InsertsOf(shard.Index) : 0));

    /// <summary>One event: a message is delivered or lost, a runner steps, or time passes for somebody.</summary>
    public void Step()
    {
        _time++;
        double kind = _random.NextDouble();
        if (kind < 0.3)
        {
            Runner runner = Runners[_random.NextInt(Runners.Length)];
            if (_random.NextDouble() < runner.Speed)
            {
                StepRunner(runner);
            }
        }
        else if (kind < 0.31)
        {
            if (HasTime)
            {
                Tick();
            }
        }
        else if (HasTime && kind < 0.32)
        {
            Runner runner = Runners[_random.NextInt(Runners.Length)];
            foreach (ReplayProtocol.CreditProbe probe in runner.Links.DueProbes())
            {
                Send(runner.Name, Shards[probe.Shard].Name, probe);
            }
        }
        else
        {
            (string From, string To)[] open = [.. _channels.Where(channel => channel.Value.Count > 0).Select(channel => channel.Key)];
            if (open.Length > 0)
            {
                (string from, string to) = open[_random.NextInt(open.Length)];
                object message = _channels[(from, to)].Dequeue();
                double loss = from == "learner" || to == "learner" ? LearnerLoss : Loss;
                if (_random.NextDouble() >= loss)
                {
                    Deliver(from, to, message);
                }
            }
        }
    }

    public void Save() => _checkpoint = LearnerCounters.Write(Learner, 0, 1, 0);

    /// <summary>The learner dies, and another goes on from the last checkpoint.</summary>
    public void RestartLearner()
    {
        _roundTimes.Clear();
        foreach (((string from, string to), Queue<object> channel) in _channels)
        {
            if (from == "learner" || to == "learner")
            {
                channel.Clear();
            }
        }

        Learner = new SamplePlanner(_options, _random);
        LearnerCounters.Read(_checkpoint, Learner);
        StartLearner();
    }

    /// <summary>A shard dies with all that it has, and begins anew.</summary>
    public void RestartShard(int index)
    {
        Shards[index] = NewShard(index);
        foreach (((string from, string to), Queue<object> channel) in _channels)
        {
            if (from == Shards[index].Name)
            {
                channel.Clear();
            }
        }
    }

    /// <summary>A shard's process dies and opens what it had kept: what was inserted, and nothing of allowances and credit.</summary>
    public void ReopenShard(int index)
    {
        Shard before = Shards[index];
        Shards[index] = new Shard(index, before.Incarnation, Credits(index)) { Inserts = before.Inserts };
        foreach (ReplayProtocol.RunnerPosition position in before.Credits.Positions())
        {
            Shards[index].Credits.Inherit(position);
        }
    }

    /// <summary>A runner dies with the credit that it has, and begins anew.</summary>
    public void RestartRunner(int index)
    {
        Runner before = Runners[index];
        Runners[index] = new Runner(index, before.Size, Incarnations.Next(), Shards.Length) { Speed = before.Speed };
        foreach (Shard shard in Shards)
        {
            Send(before.Name, shard.Name, new Ended(before.Reference));
        }
    }

    /// <summary>Everybody says everything, until nothing is on its way.</summary>
    public void Settle()
    {
        foreach (Runner runner in Runners)
        {
            runner.Speed = 0;
        }

        for (long before = -1; before != Shards.Sum(shard => shard.Inserts) + Learner.Learned;)
        {
            before = Shards.Sum(shard => shard.Inserts) + Learner.Learned;
            Tick();
            while (_channels.Values.Any(channel => channel.Count > 0))
            {
                foreach (((string from, string to), Queue<object> channel) in _channels.ToArray())
                {
                    if (channel.TryDequeue(out object? message))
                    {
                        Deliver(from, to, message);
                    }
                }
            }
        }
    }

    /// <summary>Where everybody stands, for a failure's message.</summary>
    public string Describe() => string.Join('\n', [
        $"inserts {Learner.Accounts.Inserts} learned {Learner.Learned} samples {Learner.Samples} outstanding {Learner.Outstanding} silent {string.Join(',', Learner.Accounts.Silent)}",
        .. Shards.Select(shard => $"{shard.Name}: inserts {shard.Inserts} reserved {shard.Credits.Reserved} allowance {shard.Allowance} wanted {shard.Credits.Wanted}, "
            + $"reported {Learner.Accounts.ReportOf(shard.Index)}, sent {Learner.Allowances.Take(shard.Index)}"),
        .. Shards.SelectMany(shard => shard.Credits.Links.Select(link => $"{shard.Name} of runner {link.Index}: received {link.Received} granted {link.Granted} size {link.Size} waiting {link.IsWaiting} closed {link.IsClosed}")),
        .. Runners.Select(runner => $"{runner.Name}: may send {runner.Links.CanSend}, in flight {runner.Links.InFlight}"),
    ]);

    private void StepRunner(Runner runner)
    {
        if (runner.Links.CanSend)
        {
            // As with n-step returns, a fragment brings a few more or less.
            int size = Math.Max(1, runner.Size - _random.NextInt(Math.Min(3, runner.Size)));
            ReplayProtocol.Insert insert = runner.Links.Send(Make.Batch(size), size);
            Send(runner.Name, Shards[insert.Shard].Name, insert);
        }
    }

    private void StartLearner() => Grant(reportNow: true);

    private void Tick()
    {
        Grant(reportNow: true);
        foreach (long late in _roundTimes.Where(round => round.Value < _time - RoundDeadline).Select(round => round.Key).ToArray())
        {
            _roundTimes.Remove(late);
            GivenUp += Learner.GiveUp([late]).Requests;
        }
    }

    private void Grant(bool reportNow)
    {
        Learner.ShareAllowances();
        foreach (Shard shard in Shards)
        {
            Grant(shard.Index, reportNow);
        }
    }

    private void Grant(int shard, bool reportNow)
    {
        (long allowance, long number, bool isLowered) = Learner.Allowances.Take(shard);
        Send("learner", Shards[shard].Name, new ReplayProtocol.GrantInserts(shard, allowance, reportNow || isLowered, Learner.Accounts.IncarnationOf(shard))
        {
            AllowanceNumber = number,
        });
        _isAsked[shard] = true;
    }

    private void Send(string from, string to, object message)
    {
        if (!_channels.TryGetValue((from, to), out Queue<object>? channel))
        {
            channel = _channels[(from, to)] = new Queue<object>();
        }

        channel.Enqueue(message);
    }

    private void Deliver(string from, string to, object message)
    {
        if (to == "learner")
        {
            OnReport(message);
        }
        else if (to.StartsWith("shard", StringComparison.Ordinal))
        {
            OnShardMessage(Shards.First(shard => shard.Name == to), from, message);
        }
        else if (Runners.FirstOrDefault(runner => runner.Name == to) is { } runner && message is ReplayProtocol.Credit credit)
        {
            foreach (ReplayProtocol.Insert again in runner.Links.Apply(credit))
            {
                Send(to, from, again);
            }
        }
    }

    private void OnReport(object message)
    {
        ReplayProtocol.SampleReply? reply = message as ReplayProtocol.SampleReply;
        ReplayProtocol.ShardState state = reply?.State ?? (ReplayProtocol.ShardState)message;
        if (Learner.Accounts.Apply(state) && state.Count == 0)
        {
            Learner.GiveUpOn(state.Shard);
        }

        if (reply is null)
        {
            _isAsked[state.Shard] = false;
        }
        else
        {
            if (Learner.Complete(reply) is not { } complete)
            {
                return;
            }

            _roundTimes.Remove(complete.Number);
            Learner.CountLearned(complete.Counts.Sum(counts => counts?.Sum() ?? 0));
        }

        Learner.ShareAllowances();
        while (Learner.TryPlan() is { } round)
        {
            _roundTimes[round.Number] = _time;
            foreach (Shard shard in Shards)
            {
                if (round.Counts[shard.Index] is { } counts)
                {
                    (long allowance, long number, _) = Learner.Allowances.Take(shard.Index);
                    Send("learner", shard.Name, new ReplayProtocol.SampleRequest(shard.Index, round.Number, counts, allowance, Learner.Accounts.IncarnationOf(shard.Index))
                    {
                        AllowanceNumber = number,
                    });
                }
            }
        }

        foreach (int shard in Learner.Allowances.Changed)
        {
            Grant(shard, reportNow: false);
        }

        for (int shard = 0; shard < _isAsked.Length && Learner.Outstanding < _options.Learner.Prefetch; shard++)
        {
            if (!_isAsked[shard])
            {
                Grant(shard, reportNow: false);
            }
        }
    }

    private void OnShardMessage(Shard shard, string from, object message)
    {
        switch (message)
        {
            case ReplayProtocol.Insert insert when shard.Credits.NewerIncarnation(insert.Runner, insert.Incarnation) is null:
                shard.Inserts += shard.Credits.TryReceive(insert, Runner.ReferenceOf(from), shard.Inserts, shard.Allowance) ? insert.Batch.Count : 0;
                GrantWaiting(shard);
                break;
            case ReplayProtocol.CreditProbe probe when shard.Credits.Probe(probe, Runner.ReferenceOf(from)) is { } link:
                GrantWaiting(shard);
                SendCredit(shard, link, resend: true);
                break;
            case ReplayProtocol.GrantInserts grant:
                bool isKnown = Follow(shard, grant.KnownIncarnation, grant.InsertAllowance, grant.AllowanceNumber);
                shard.IsAwaited = true;
                TellAwaited(shard, isDue: !isKnown || grant.ReportNow);
                break;
            case ReplayProtocol.SampleRequest request:
                Follow(shard, request.KnownIncarnation, request.InsertAllowance, request.AllowanceNumber);
                ReplayProtocol.ShardState state = State(shard);
                Send(shard.Name, "learner", state.Count == 0 ? state : new ReplayProtocol.SampleReply(request.Request, Make.Sampled(request.Counts.Sum()), state));
                break;
            case Ended ended:
                shard.Credits.Close(ended.Runner);
                GrantWaiting(shard);
                TellAwaited(shard, isDue: true);
                break;
            default:
                break;
        }
    }

    private bool Follow(Shard shard, long known, long allowance, long number)
    {
        bool isKnown = known == 0 || known == shard.Incarnation;
        if (isKnown)
        {
            (shard.Allowance, shard.AllowanceNumber) = (allowance, number);
            GrantWaiting(shard);
        }

        return isKnown;
    }

    private void GrantWaiting(Shard shard)
    {
        foreach (RunnerCredits.Link link in shard.Credits.Grant(shard.Inserts, shard.Allowance))
        {
            SendCredit(shard, link, link.IsToResend);
        }

        TellAwaited(shard, isDue: false);
    }

    private void SendCredit(Shard shard, RunnerCredits.Link link, bool resend)
    {
        link.IsToResend = false;
        if (link.Runner is not null)
        {
            Send(shard.Name, link.Runner.Path.Name, new ReplayProtocol.Credit(shard.Index, shard.Incarnation, link.Incarnation, link.Received, link.Granted, resend));
        }
    }

    private void TellAwaited(Shard shard, bool isDue)
    {
        bool hasNews = shard.Reported.Inserts != shard.Inserts || (shard.Credits.HasWaiting && shard.Reported != shard.Standing);
        if (shard.IsAwaited && (isDue || hasNews))
        {
            shard.IsAwaited = false;
            Send(shard.Name, "learner", State(shard));
        }
    }

    private ReplayProtocol.ShardState State(Shard shard)
    {
        shard.Reported = shard.Standing;
        int held = (int)Math.Min(shard.Inserts, ReplayShardActor.ShardCapacity(_options.Replay, shard.Index));
        return new ReplayProtocol.ShardState(shard.Index, shard.Incarnation, shard.Inserts, shard.Inserts, held, held)
        {
            AllowanceNumber = shard.AllowanceNumber,
            Granted = shard.Reported.Granted,
            Wanted = shard.Reported.Wanted,
        };
    }

    private Shard NewShard(int index) => new(index, Incarnations.Next(), Credits(index));

    private RunnerCredits Credits(int index) =>
        new(Window, _options.Runner.Fragment * _options.Runner.Environments, (double)index / _options.Replay.Shards);

    public sealed class Shard(int index, long incarnation, RunnerCredits credits)
    {
        public int Index { get; } = index;

        public string Name { get; } = $"shard-{index}";

        public long Incarnation { get; } = incarnation;

        public RunnerCredits Credits { get; } = credits;

        public long Inserts { get; set; }

        public long Allowance { get; set; }

        public long AllowanceNumber { get; set; }

        public bool IsAwaited { get; set; }

        public (long Inserts, long Granted, int Wanted) Reported { get; set; }

        public (long Inserts, long Granted, int Wanted) Standing => (Inserts, Inserts + Credits.Reserved, Credits.Wanted);
    }

    public sealed class Runner(int index, int size, long incarnation, int shards)
    {
        public string Name { get; } = $"runner-{index}-{incarnation}";

        public int Size { get; } = size;

        /// <summary>Share of its turns in which it has a fragment ready.</summary>
        public double Speed { get; set; } = 1;

        public ShardLinks Links { get; } = new(index, incarnation, shards);

        public IActorRef Reference => ReferenceOf(Name);

        public static IActorRef ReferenceOf(string name) => new NamedReference(name);
    }

    private sealed record Ended(IActorRef Runner);
}
