namespace DqnAkka.Host;

/// <summary>What the commands work with and tests replace.</summary>
/// <param name="Session">Runs a training.</param>
/// <param name="Nodes">Runs a process of a cluster.</param>
/// <param name="Environments">Lists and makes environments.</param>
/// <param name="Checkpoints">Reads checkpoints.</param>
internal sealed record HostCollaborators(ITrainingSession Session, INodeSession Nodes, IEnvironmentSource Environments, ICheckpointSource Checkpoints);
