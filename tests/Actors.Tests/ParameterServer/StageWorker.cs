using Akka.Actor;
using Akka.TestKit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>A gradient worker that the test plays, with what a real one makes of the ranges' pieces.</summary>
/// <param name="stage">The server.</param>
/// <param name="probe">What it hears with.</param>
/// <param name="name">Its name.</param>
/// <param name="ranges">The ranges.</param>
internal sealed class StageWorker(ServerStage stage, TestProbe probe, string name, IReadOnlyList<ParameterRange> ranges)
{
    private readonly List<GradientProtocol.GradientDiscarded> _discarded = [];
    private long _incarnation = 1;
    private (long Epoch, long Version, long Push) _told;

    public TestProbe Probe => probe;

    public string Name => name;

    public int Number { get; private set; }

    public long Epoch => Parameters.Epoch;

    /// <summary>θ and θ⁻, whole where they have a version.</summary>
    public RangeParametersAssembly Parameters { get; } = new(ranges);

    /// <summary>Whether it would compute: it has parameters that are newer than those of its last gradient, or was told that that one is not used.</summary>
    public bool IsFree => Version() != RangeParametersAssembly.None
        && (Epoch > _told.Epoch
            || Parameters.Version > _told.Version
            || _discarded.Exists(told => told.Epoch == Epoch && told.Push == _told.Push && told.Version <= Parameters.Version));

    /// <summary>Says that it is there, as workers do every second.</summary>
    public void Register()
    {
        stage.Tell(new GradientProtocol.Register(name, _incarnation, stage.Layout.Description, stage.Layout.Length), probe);
        Read();
    }

    /// <summary>It ends, on this thread.</summary>
    public void Stop() => ((IInternalActorRef)probe.Ref).Stop();

    /// <summary>It is started again, and has nothing.</summary>
    public void StartAgain()
    {
        _incarnation++;
        Parameters.Begin(Epoch);
        Register();
    }

    /// <summary>Tells of a gradient on its present parameters, and gives it to all ranges.</summary>
    public void Push(long push, float[] gradient)
    {
        PushTo(push, gradient, [.. ranges.Select(range => range.Index)]);
        Tell(push);
    }

    /// <summary>Gives a gradient to some ranges.</summary>
    public void PushTo(long push, float[] gradient, params int[] parts) => stage.Push(this, push, gradient, parts);

    /// <summary>Tells of a gradient on its present parameters.</summary>
    public void Tell(long push)
    {
        _told = (Epoch, Parameters.Version, push);
        stage.Tell(
            new GradientProtocol.GradientComputed(Number, Epoch, push, Parameters.Version, GradientProtocol.GradientVerdict.Sent, 4, 1, 0.5f, 0.1f, 2),
            probe);
    }

    /// <summary>Version of its parameters after everything that has come; none where those are not of one version.</summary>
    public long Version()
    {
        Read();
        return Parameters.Version;
    }

    /// <summary>What it was told of gradients that were not used.</summary>
    public IReadOnlyList<GradientProtocol.GradientDiscarded> Discarded()
    {
        Read();
        return _discarded;
    }

    private void Read()
    {
        while (probe.HasMessages)
        {
            Take(probe.ReceiveOne(TimeSpan.Zero));
        }
    }

    private void Take(object message)
    {
        switch (message)
        {
            case GradientProtocol.Registered registered when registered.Epoch >= Epoch:
                if (registered.Epoch > Epoch)
                {
                    Parameters.Begin(registered.Epoch);
                }

                Number = registered.Worker;
                break;
            case GradientProtocol.GradientDiscarded discarded:
                _discarded.Add(discarded);
                break;
            case ParameterServerProtocol.Parameters piece:
                Parameters.Take(piece);
                break;
            default:
                break;
        }
    }
}
