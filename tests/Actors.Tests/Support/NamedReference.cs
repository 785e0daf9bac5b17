using Akka.Actor;

namespace DqnAkka.Actors.Tests;

/// <summary>A reference to nobody that can be told from others, for what keeps references and sends nothing.</summary>
internal sealed class NamedReference(string name) : MinimalActorRef
{
    public override ActorPath Path { get; } = new RootActorPath(new Address("akka", "model")) / name;

    public override IActorRefProvider Provider => throw new NotSupportedException();
}
