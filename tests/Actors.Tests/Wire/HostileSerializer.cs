using Akka.Actor;
using Akka.Serialization;

namespace DqnAkka.Actors.Tests;

/// <summary>A frame as somebody who means harm would send it.</summary>
/// <param name="Serializer">Number of the serializer that is to read it.</param>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Bytes">Its bytes.</param>
internal sealed record HostileFrame(int Serializer, string Manifest, byte[] Bytes);

/// <summary>Sends a <see cref="HostileFrame"/> as what it pretends to be. Akka asks for the bytes, then for number and manifest, on one thread.</summary>
internal sealed class HostileSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public const string Settings = """
        akka.actor {
          serializers.hostile = "DqnAkka.Actors.Tests.HostileSerializer, DqnAkka.Actors.Tests"
          serialization-bindings { "DqnAkka.Actors.Tests.HostileFrame, DqnAkka.Actors.Tests" = hostile }
        }
        """;

    [ThreadStatic]
    private static HostileFrame? _current;

    public override int Identifier => _current?.Serializer ?? 9999;

    public override byte[] ToBinary(object obj)
    {
        _current = (HostileFrame)obj;
        return _current.Bytes;
    }

    public override string Manifest(object o)
    {
        _current = null;
        return ((HostileFrame)o).Manifest;
    }

    public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
}
