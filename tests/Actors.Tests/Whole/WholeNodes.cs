namespace DqnAkka.Actors.Tests;

/// <summary>
/// Tests of whole nodes run alone: the others wait on threads of the .NET pool, which the heartbeats of a node share, and a node that
/// cannot be heard is what these tests are about.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeNodes
{
    public const string Name = "whole nodes";
}
