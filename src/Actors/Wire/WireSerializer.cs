using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace DqnAkka.Actors;

/// <summary>Akka's way to <see cref="WireCodec"/>: every <see cref="IWireMessage"/> and nothing else.</summary>
internal sealed class WireSerializer : SerializerWithStringManifest
{
    /// <summary>The number that says on the wire that this serializer wrote a frame.</summary>
    public const int SerializerId = 151;

    /// <summary>Called by Akka.</summary>
    /// <param name="system">The system.</param>
    public WireSerializer(ExtendedActorSystem system) : base(system)
    {
    }

    /// <inheritdoc />
    public override int Identifier => SerializerId;

    /// <inheritdoc />
    public override byte[] ToBinary(object obj)
    {
        try
        {
            return WireCodec.Encode(MessageOf(obj));
        }
        catch (ArgumentException exception)
        {
            // The one kind of exception after which Akka.Remote drops the message and keeps the association.
            throw new SerializationException(exception.Message, exception);
        }
    }

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return WireCodec.Decode(manifest ?? "", bytes);
        }
        catch (WireException exception) when (!Count(exception))
        {
            throw;
        }
    }

    /// <inheritdoc />
    public override string Manifest(object o) => WireCodec.Manifest(MessageOf(o));

    // Counts on the exception's way out: catching it and throwing another would double what a bad frame costs.
    private bool Count(WireException exception)
    {
        WireCounters.Get(system).Count(exception);
        return true;
    }

    private static IWireMessage MessageOf(object obj) => obj as IWireMessage ?? throw new SerializationException($"{obj.GetType().Name} is no message between nodes");
}
