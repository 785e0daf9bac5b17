namespace DqnAkka.Process.Tests;

/// <summary>Tests with several processes run one at a time: two cores carry one cluster.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneClusterAtATime
{
    public const string Name = "cluster";
}
