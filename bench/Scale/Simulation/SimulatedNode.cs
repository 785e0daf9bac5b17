namespace DqnAkka.Bench;

/// <summary>One process of a cluster.</summary>
/// <param name="machine">Where it runs.</param>
internal sealed class SimulatedNode(SimulatedMachine machine)
{
    /// <summary>Where it runs.</summary>
    public SimulatedMachine Machine => machine;

    /// <summary>When what its machine's card has taken so far is out.</summary>
    public double SendingUntil { get; set; }

    /// <summary>When what is on its way to its machine's card is in.</summary>
    public double ReceivingUntil { get; set; }

    /// <summary>Bytes that it has sent to other processes.</summary>
    public double BytesSent { get; set; }

    /// <summary>Bytes that it has received from other processes.</summary>
    public double BytesReceived { get; set; }
}

/// <summary>An actor, with a thread of its own.</summary>
/// <param name="node">Its process.</param>
internal sealed class SimulatedActor(SimulatedNode node)
{
    private readonly SimulatedThread _thread = new(node.Machine);

    /// <summary>Its process.</summary>
    public SimulatedNode Node => node;

    /// <summary>Has it do something when it has done all that came before.</summary>
    /// <param name="seconds">What it takes on a core of its own.</param>
    /// <param name="done">Called when it is done.</param>
    public void Run(double seconds, Action done) => _thread.Run(seconds, done);
}
