using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>What is due at which version: the same as a single learner does after as many updates.</summary>
/// <param name="options">The run's options.</param>
internal sealed class ServerSchedules(TrainingOptions options)
{
    private readonly LinearSchedule _learningRate =
        new(options.Learner.LearningRate, options.Learner.LearningRateFinal, options.Learner.LearningRateDecayUpdates);

    private readonly LinearSchedule _beta = new(options.Replay.Beta, options.Replay.BetaFinal, options.Replay.BetaUpdates);

    /// <summary>The learning rate of the update that makes a version.</summary>
    public double LearningRate(long version) => _learningRate.Value(version - 1);

    /// <summary>Exponent of the importance weights of batches that are trained on after as many updates.</summary>
    public double Beta(long version) => _beta.Value(version);

    /// <summary>Share of θ that θ⁻ takes in after the update that makes a version; 1 copies it, 0 leaves θ⁻.</summary>
    public float PolyakTau(long version) =>
        options.Learner.PolyakTau > 0 ? options.Learner.PolyakTau : version % options.Snapshot.TargetPeriod == 0 ? 1f : 0f;

    /// <summary>The newest version, up to this one, at which θ⁻ was changed.</summary>
    public long TargetVersion(long version) => options.Learner.PolyakTau > 0 ? version : version - (version % options.Snapshot.TargetPeriod);

    /// <summary>Whether runners should have a version.</summary>
    public bool IsSnapshotDue(long version) =>
        version % options.Snapshot.TargetPeriod == 0 || (options.Snapshot.Period > 0 && version % options.Snapshot.Period == 0);

    /// <summary>What a gradient is multiplied by so that its norm does not exceed <c>learner.max-gradient-norm</c>.</summary>
    public float ClipScale(float norm) => GradientNorm.ClipScale(norm, options.Learner.MaxGradientNorm);
}
