using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>What the coordinator of a parameter server has beside what every learner has.</summary>
/// <param name="Region">The ranges' region.</param>
/// <param name="Counts">What became of gradients, over all starts of the coordinator.</param>
internal sealed record ParameterServerLinks(IActorRef Region, GradientCounts Counts)
{
    /// <summary>Nodes that can hold ranges, as far as is known.</summary>
    public Func<int> Nodes { get; init; } = () => int.MaxValue;
}

/// <summary>Where a node finds the parameter server.</summary>
/// <param name="Region">The ranges' region.</param>
/// <param name="Nodes">Nodes that can hold ranges: where there are fewer than ranges the server waits a little for more before it places them.</param>
public sealed record ParameterServerPlace(IActorRef Region, Func<int> Nodes);
