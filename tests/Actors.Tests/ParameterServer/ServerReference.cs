using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>
/// What the server's state must be at every version of every epoch: one optimizer over the whole vector that makes the updates which the coordinator
/// tells, each once and in order, whether or not ranges hear of them.
/// </summary>
internal sealed class ServerReference(ServerStage stage)
{
    private readonly Dictionary<(long Epoch, long Version), float[]> _states = [];
    private readonly Dictionary<(long Epoch, int Worker, long Push), float[]> _gradients = [];
    private readonly RangeOptimizer _optimizer = new(ParameterRange.Cut(stage.Layout.Length, 1)[0], ServerStage.Options.Learner);
    private long _epoch;
    private long _version;

    /// <summary>Gradients given out.</summary>
    public long Gradients => _gradients.Count;

    private int Length => stage.Layout.Length;

    /// <summary>A gradient that no other is like.</summary>
    public float[] NextGradient(StageWorker worker, long push)
    {
        float[] gradient = stage.Gradient((ulong)_gradients.Count + 1);
        _gradients.Add((worker.Epoch, worker.Number, push), gradient);
        return gradient;
    }

    /// <summary>Hears what is said to ranges.</summary>
    public void Hear(IParameterRangeMessage message)
    {
        switch (message)
        {
            case ParameterServerProtocol.LoadState load when load.Epoch > _epoch:
                Begin(load.Epoch);
                break;
            case ParameterServerProtocol.ApplyGradients update when update.Epoch == _epoch && update.Version == _version + 1:
                Apply(update);
                break;
            default:
                break;
        }
    }

    /// <summary>A worker's θ and θ⁻ are those of the version that it believes to have.</summary>
    public void AssertHolds(StageWorker worker)
    {
        float[] state = _states[(worker.Epoch, worker.Parameters.Version)];
        Assert.Equal(state.AsSpan(0, Length), worker.Parameters.Online);
        Assert.Equal(state.AsSpan(Length, Length), worker.Parameters.Target);
    }

    public void AssertIs(PolicySnapshot snapshot) =>
        Assert.Equal(_states[(snapshot.Generation, snapshot.Updates)].AsSpan(0, Length), snapshot.Parameters.AsSpan());

    public void AssertIs(RunProtocol.LearnerCapture capture)
    {
        AssertIs(capture.Snapshot);
        Assert.Equal(_states[(capture.Snapshot.Generation, capture.Trainer.Updates)], Whole(capture.Trainer));
    }

    private void Begin(long epoch)
    {
        float[] initial = stage.InitialParameters;
        TrainerState state = stage.Checkpoint?.Learner ?? new TrainerState
        {
            Updates = 0,
            Online = initial,
            Target = initial,
            FirstMoments = new float[Length],
            SecondMoments = new float[Length],
        };
        (_epoch, _version) = (epoch, state.Updates);
        _optimizer.Load(Whole(state));
        Remember();
    }

    private void Apply(ParameterServerProtocol.ApplyGradients update)
    {
        float[] sum = new float[Length];
        foreach (ParameterServerProtocol.GradientShare share in update.Gradients)
        {
            GradientSum.Add(_gradients[(_epoch, share.Worker, share.Push)], share.Scale, sum);
        }

        _version = update.Version;
        _optimizer.Apply(sum, update.LearningRate, update.Version);
        if (update.PolyakTau > 0)
        {
            _optimizer.BlendTarget(update.PolyakTau);
        }

        Remember();
    }

    private void Remember() => _states.Add((_epoch, _version), _optimizer.State.ToArray());

    private float[] Whole(TrainerState state)
    {
        float[] whole = new float[RangeOptimizer.StateVectors * Length];
        RangeState.Extract(state, _optimizer.Range, whole);
        return whole;
    }
}
