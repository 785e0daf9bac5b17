namespace DqnAkka.Bench;

/// <summary>
/// What messages cost: within a process the time until the receiver's thread is awake, between processes the processor time of both sides (one
/// thread for each direction of each connection, as Akka.Remote has, which has to be woken for a message that comes alone), between machines their cards and the way as well.
/// </summary>
/// <param name="events">The clock.</param>
/// <param name="costs">What was measured.</param>
/// <param name="linkSeconds">From one machine to another, beside the processors' part.</param>
/// <param name="linkBytesPerSecond">Bytes that a machine's card takes a second, in each direction.</param>
internal sealed class SimulatedNetwork(EventQueue events, TransportCosts costs, double linkSeconds, double linkBytesPerSecond)
{
    /// <summary>Longest piece of a vector (<c>ChunkWindow.ChunkBytes</c>).</summary>
    public const int PieceBytes = 63_872;

    // Pieces of a vector that are simulated one by one; of a longer vector one stands for several.
    private const int MostPieces = 8;
    private const int SmallBytes = 100;
    private const int Window = 8;
    private const double AcknowledgementsPerPiece = 0.25;
    private readonly Dictionary<(SimulatedNode From, SimulatedNode To), (SimulatedThread Writer, SimulatedThread Reader)> _links = [];

    /// <summary>Sends a small message.</summary>
    public void Send(SimulatedActor from, SimulatedActor to, Action received) => Send(from.Node, to, SmallBytes, 1, received);

    /// <summary>Sends a vector in pieces.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="pieceReceived">Called for each piece.</param>
    public void SendVector(SimulatedActor from, SimulatedActor to, double bytes, Action pieceReceived)
    {
        for (int piece = 0; piece < Pieces(bytes); piece++)
        {
            SendPiece(from, to, bytes, pieceReceived);
        }
    }

    /// <summary>Sends one of the pieces of a vector.</summary>
    public void SendPiece(SimulatedActor from, SimulatedActor to, double vectorBytes, Action received)
    {
        int pieces = Pieces(vectorBytes);
        double messages = Math.Ceiling(vectorBytes / PieceBytes);
        // A vector that the window covers is not acknowledged.
        double acknowledgements = messages > Window ? AcknowledgementsPerPiece : 0;
        Send(from.Node, to, vectorBytes / pieces, messages / pieces * (1 + acknowledgements), received);
    }

    /// <summary>Sends a vector of which only the end matters.</summary>
    public void SendWhole(SimulatedActor from, SimulatedActor to, double bytes, Action received)
    {
        SendVector(from, to, bytes, WhenWhole(bytes, received));
    }

    /// <summary>Puts the pieces of a vector together.</summary>
    /// <param name="bytes">The vector's.</param>
    /// <param name="received">Called when all of it is there.</param>
    /// <returns>What each piece is to call.</returns>
    public static Action WhenWhole(double bytes, Action received)
    {
        int left = Pieces(bytes);
        return () =>
        {
            if (--left == 0)
            {
                received();
            }
        };
    }

    /// <summary>In how many pieces a vector is simulated.</summary>
    public static int Pieces(double bytes) => (int)Math.Clamp(Math.Ceiling(bytes / PieceBytes), 1, MostPieces);

    private void Send(SimulatedNode from, SimulatedActor to, double bytes, double messages, Action received)
    {
        if (from == to.Node)
        {
            events.After(costs.LocalSeconds, () => to.Run(messages * costs.LocalProcessorSeconds, received));
            return;
        }

        from.BytesSent += bytes;
        to.Node.BytesReceived += bytes;
        (SimulatedThread writer, SimulatedThread reader) = Link(from, to.Node);
        writer.Run((messages * costs.SendSeconds) + (bytes * costs.SendByteSeconds), () =>
            events.After(Travel(from, to.Node, bytes), () =>
                reader.Run((messages * costs.ReceiveSeconds) + (bytes * costs.ReceiveByteSeconds), () => to.Run(0, received))));
    }

    private double Travel(SimulatedNode from, SimulatedNode to, double bytes)
    {
        if (from.Machine == to.Machine)
        {
            return costs.LoopbackSeconds;
        }

        double card = bytes / linkBytesPerSecond;
        from.SendingUntil = Math.Max(events.Now, from.SendingUntil) + card;
        to.ReceivingUntil = Math.Max(from.SendingUntil + linkSeconds, to.ReceivingUntil + card);
        return to.ReceivingUntil - events.Now;
    }

    private (SimulatedThread Writer, SimulatedThread Reader) Link(SimulatedNode from, SimulatedNode to)
    {
        if (!_links.TryGetValue((from, to), out (SimulatedThread Writer, SimulatedThread Reader) link))
        {
            link = (new SimulatedThread(from.Machine, costs.WakeSeconds), new SimulatedThread(to.Machine, costs.WakeSeconds));
            _links.Add((from, to), link);
        }

        return link;
    }
}
