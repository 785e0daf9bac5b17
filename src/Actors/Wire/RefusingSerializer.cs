using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace DqnAkka.Actors;

/// <summary>
/// Stands where Akka has a serializer that makes an object of whatever type a frame names. Forbidding to send unregistered types does
/// not keep others from sending to such a serializer, so it is not there at all.
/// </summary>
internal sealed class RefusingSerializer : SerializerWithStringManifest
{
    /// <summary>Called by Akka.</summary>
    /// <param name="system">The system.</param>
    /// <param name="settings">Its settings: <c>identifier</c>, the number of the serializer that it stands for.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings) : base(system) => Identifier = settings.GetInt("identifier");

    /// <inheritdoc />
    public override int Identifier { get; }

    /// <inheritdoc />
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType().Name} is no message between nodes");

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest) =>
        throw WireCounters.Get(system).Refuse($"serializer {Identifier} is not in use (the message names \"{manifest}\")");

    /// <inheritdoc />
    public override string Manifest(object o) => throw new SerializationException($"{o.GetType().Name} is no message between nodes");
}
