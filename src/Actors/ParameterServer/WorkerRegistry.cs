using Akka.Actor;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>The gradient workers that take part: their numbers, and what each was given and has said.</summary>
/// <param name="layout">The run's network, which every worker must have.</param>
internal sealed class WorkerRegistry(NetworkLayout layout)
{
    private readonly Dictionary<string, Worker> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Worker> _byNumber = [];
    private int _lastNumber;

    /// <summary>The workers.</summary>
    public IReadOnlyCollection<Worker> All => _byNumber.Values;

    /// <summary>A worker by its number, or null.</summary>
    public Worker? this[int number] => _byNumber.GetValueOrDefault(number);

    /// <summary>What is wrong with a worker, one line; null where nothing is.</summary>
    public string? Fault(GradientProtocol.Register message) =>
        message.Network == layout.Description && message.Parameters == layout.Length
            ? null
            : $"{message.Name} has the network {message.Network} of {message.Parameters} parameters, and the run's is {layout.Description} of {layout.Length}: all nodes must use the same dqn.network and dqn.environment";

    /// <summary>A worker says that it is there.</summary>
    /// <param name="message">What it says; it has no <see cref="Fault"/>.</param>
    /// <param name="reference">The worker.</param>
    /// <param name="replaced">An earlier start of it, which no longer takes part, or null.</param>
    /// <returns>The worker; null where a later start of it is known.</returns>
    public Worker? Register(GradientProtocol.Register message, IActorRef reference, out Worker? replaced)
    {
        replaced = null;
        if (_byName.TryGetValue(message.Name, out Worker? known))
        {
            if (message.Incarnation < known.Incarnation)
            {
                return null;
            }

            if (message.Incarnation == known.Incarnation)
            {
                known.Reference = reference;
                known.Hear(message);
                return known;
            }

            replaced = known;
            Remove(known);
        }

        Worker worker = new(++_lastNumber, message.Name, message.Incarnation, reference);
        worker.Hear(message);
        _byName.Add(message.Name, worker);
        _byNumber.Add(worker.Number, worker);
        return worker;
    }

    /// <summary>A worker no longer takes part.</summary>
    public void Remove(Worker worker)
    {
        _byNumber.Remove(worker.Number);
        // The name may be a later start's by now.
        if (_byName.TryGetValue(worker.Name, out Worker? known) && known == worker)
        {
            _byName.Remove(worker.Name);
        }
    }

    /// <summary>The workers of an actor that has ended.</summary>
    public IReadOnlyList<Worker> Of(IActorRef reference) => [.. _byNumber.Values.Where(worker => worker.Reference.Equals(reference))];

    /// <summary>Their traffic.</summary>
    public IReadOnlyList<LinkStatus> Links() =>
    [
        .. _byNumber.Values.OrderBy(worker => worker.Name, StringComparer.Ordinal)
            .Select(worker => new LinkStatus(worker.Name, worker.Gradients, worker.Discarded, worker.SentPerSecond, worker.ReceivedPerSecond)),
    ];

    /// <summary>A second has passed.</summary>
    public void CountSecond()
    {
        foreach (Worker worker in _byNumber.Values)
        {
            worker.CountSecond();
        }
    }

    /// <summary>One worker.</summary>
    internal sealed class Worker(int number, string name, long incarnation, IActorRef reference)
    {
        // The rates of the last few seconds; workers tell their totals once a second.
        private const double Smoothing = 0.3;
        private (long Sent, long Received) _told;
        private (long Sent, long Received) _before;
        private bool _isMeasured;

        /// <summary>Its number in this epoch.</summary>
        public int Number => number;

        /// <summary>Whom people read of.</summary>
        public string Name => name;

        /// <summary>Its start.</summary>
        public long Incarnation => incarnation;

        /// <summary>Who is spoken to.</summary>
        public IActorRef Reference { get; set; } = reference;

        /// <summary>Since when it is to come forward with work on parameters that it was sent; null where nothing is expected of it.</summary>
        public long? AwaitedSince { get; set; }

        /// <summary>When it was last heard of.</summary>
        public long HeardAt { get; set; }

        /// <summary>Whether it was sent parameters of this epoch.</summary>
        public bool HasParameters { get; set; }

        /// <summary>Gradients that it has computed.</summary>
        public long Gradients { get; set; }

        /// <summary>Those that were not used.</summary>
        public long Discarded { get; set; }

        /// <summary>Bytes a second that it sends.</summary>
        public double SentPerSecond { get; private set; }

        /// <summary>Bytes a second that it receives.</summary>
        public double ReceivedPerSecond { get; private set; }

        /// <summary>Takes its totals.</summary>
        public void Hear(GradientProtocol.Register message)
        {
            _told = (message.BytesSent, message.BytesReceived);
            if (!_isMeasured)
            {
                _isMeasured = true;
                _before = _told;
            }
        }

        /// <summary>A second has passed.</summary>
        public void CountSecond()
        {
            SentPerSecond += Smoothing * (_told.Sent - _before.Sent - SentPerSecond);
            ReceivedPerSecond += Smoothing * (_told.Received - _before.Received - ReceivedPerSecond);
            _before = _told;
        }
    }
}
