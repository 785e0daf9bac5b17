using Akka.Actor;
using Akka.TestKit;

namespace DqnAkka.Actors.Tests;

/// <summary>Answers the first probe of each runner to each shard with a window of credit and hides it; what comes after is the test's.</summary>
internal sealed class OpeningRegion(int window) : AutoPilot
{
    private readonly HashSet<(int Shard, long Incarnation)> _opened = [];
    private object? _answered;

    /// <summary>Stands in front of a probe.</summary>
    public void Attach(TestProbe region)
    {
        region.SetAutoPilot(this);
        region.IgnoreMessages(message => ReferenceEquals(message, _answered));
    }

    /// <inheritdoc />
    public override AutoPilot Run(IActorRef sender, object message)
    {
        if (message is ReplayProtocol.CreditProbe probe && _opened.Add((probe.Shard, probe.Incarnation)))
        {
            _answered = probe;
            sender.Tell(new ReplayProtocol.Credit(probe.Shard, 1, probe.Incarnation, Received: 0, Granted: window, Resend: true));
        }

        return this;
    }
}
