using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>How a run is ended and its result kept.</summary>
public static class RunProtocol
{
    /// <summary>Somebody asks the coordinator to end the run; the first reason counts.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Failure">One line that says what failed; empty where nothing did.</param>
    public sealed record StopRun(StopReason Reason, string Failure = "") : IWireMessage;

    /// <summary>The runners of a node stop stepping.</summary>
    public sealed record StopRunners : IWireMessage
    {
        private StopRunners()
        {
        }

        /// <summary>The only one.</summary>
        public static StopRunners Instance { get; } = new();
    }

    /// <summary>The run has ended: every node leaves. Repeated until it has.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Failure">One line that says what failed; empty where nothing did.</param>
    public sealed record RunEnded(StopReason Reason, string Failure) : IWireMessage;

    /// <summary>
    /// Stored transitions have all been inserted: the learner uses them up as far as the limiter allows, and ends the run. Repeated until it has.
    /// </summary>
    /// <param name="Transitions">How many there were.</param>
    public sealed record SourceEnded(long Transitions);

    /// <summary>The learner's node leaves: a checkpoint is written, so that the next node goes on where this one stopped.</summary>
    public sealed record HandOver
    {
        private HandOver()
        {
        }

        /// <summary>The only one.</summary>
        public static HandOver Instance { get; } = new();
    }

    /// <summary>The learner stops training and answers with <see cref="TrainingFinished"/>.</summary>
    public sealed record FinishTraining
    {
        private FinishTraining()
        {
        }

        /// <summary>The only one.</summary>
        public static FinishTraining Instance { get; } = new();
    }

    /// <summary>The learner has stopped.</summary>
    /// <param name="Learner">Its state.</param>
    public sealed record TrainingFinished(LearnerCapture Learner);

    /// <summary>There is no learner any more to give a state.</summary>
    public sealed record TrainingLost
    {
        private TrainingLost()
        {
        }

        /// <summary>The only one.</summary>
        public static TrainingLost Instance { get; } = new();
    }

    /// <summary>Asks the checkpoint writer to write the learner's state beside the best policy known.</summary>
    /// <param name="Learner">The learner's state.</param>
    public sealed record WriteCheckpoint(LearnerCapture Learner);

    /// <summary>A checkpoint is on disk.</summary>
    /// <param name="Directory">Its folder.</param>
    /// <param name="Policy">The policy in it.</param>
    public sealed record CheckpointWritten(string Directory, PolicySnapshot Policy);

    /// <summary>A checkpoint could not be written; the run goes on.</summary>
    /// <param name="Message">One line.</param>
    /// <param name="Policy">The policy that it would have held.</param>
    public sealed record CheckpointFailed(string Message, PolicySnapshot Policy);

    /// <summary>Another learner has taken the run over: this one's node must end, without a further checkpoint.</summary>
    /// <param name="Message">One line.</param>
    public sealed record Superseded(string Message);

    /// <summary>Everything that the learner knows at one moment.</summary>
    /// <param name="Trainer">Networks and optimizer.</param>
    /// <param name="Counters">Counters by name: steps, updates, inserts, samples.</param>
    /// <param name="Snapshot">The online policy.</param>
    public sealed record LearnerCapture(TrainerState Trainer, IReadOnlyDictionary<string, long> Counters, PolicySnapshot Snapshot)
    {
        /// <summary>States of its random streams by name.</summary>
        public IReadOnlyDictionary<string, RandomState> RandomStates { get; init; } = new Dictionary<string, RandomState>();
    }
}
