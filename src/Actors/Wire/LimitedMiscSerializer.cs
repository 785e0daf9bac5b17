using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace DqnAkka.Actors;

/// <summary>
/// Akka's small messages between nodes, as far as a cluster needs them: who is there, and the heartbeats of watching. Among the others are
/// failures, which would make an exception of a type that the frame names, and the orders to stop an actor.
/// </summary>
internal sealed class LimitedMiscSerializer : SerializerWithStringManifest
{
    // Identify, ActorIdentity, a reference, and the two heartbeats of the remote watcher.
    private static readonly FrozenSet<string> Manifests = new[] { "ID", "AID", "AR", "RWHB", "RWHR" }.ToFrozenSet(StringComparer.Ordinal);

    private readonly MiscMessageSerializer _inner;

    /// <summary>Called by Akka.</summary>
    /// <param name="system">The system.</param>
    public LimitedMiscSerializer(ExtendedActorSystem system) : base(system) => _inner = new MiscMessageSerializer(system);

    /// <inheritdoc />
    public override int Identifier => 16;

    /// <inheritdoc />
    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest) => Manifests.Contains(manifest ?? "")
        ? _inner.FromBinary(bytes, manifest)
        : throw WireCounters.Get(system).Refuse($"the message \"{manifest}\" of Akka's is not in use");

    /// <inheritdoc />
    public override string Manifest(object o)
    {
        string manifest = _inner.Manifest(o);
        return Manifests.Contains(manifest) ? manifest : throw new SerializationException($"{o.GetType().Name} does not leave a node");
    }
}
