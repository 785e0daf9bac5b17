using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>What other settings mean for the shards' files of a run: a file of transitions that were made or weighed otherwise is set aside.</summary>
internal static class ShardFilesFit
{
    /// <summary>Compares two configurations of one run on one environment.</summary>
    /// <param name="there">What the run has had.</param>
    /// <param name="here">What it goes on with.</param>
    /// <returns>What differs, as the shards compare it: <c>gamma is 0.9 there and 0.99 here</c>; null where the files still fit or none are kept.</returns>
    public static string? Misfit(TrainingOptions there, TrainingOptions here) =>
        here.Replay.Durable == ReplayDurability.Off ? null : SchemaOf(there).Difference(SchemaOf(here), out _);

    // Neither the environment nor the network's shape can change in a run, and files of another form are carried over.
    private static ShardSchema SchemaOf(TrainingOptions options) => ShardSchema.Of(
        environment: "",
        new ObservationFormat(ObservationType.Float32, 1),
        actionCount: 1,
        capacity: 1,
        options.Replay,
        options.Learner.Gamma,
        new StreamShape(1, 1, options.Learner.NStep));
}
