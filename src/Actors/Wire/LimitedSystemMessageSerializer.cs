using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace DqnAkka.Actors;

/// <summary>
/// Akka's system messages between nodes, as far as watching an actor needs them. The others serve remote deployment: they carry
/// exceptions, and so would make an object of a type that the frame names.
/// </summary>
internal sealed class LimitedSystemMessageSerializer : SerializerWithStringManifest
{
    private static readonly FrozenDictionary<string, Type> Types = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["W"] = typeof(Watch),
        ["U"] = typeof(Unwatch),
        ["D"] = typeof(DeathWatchNotification),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly SystemMessageSerializer _inner;

    /// <summary>Called by Akka.</summary>
    /// <param name="system">The system.</param>
    public LimitedSystemMessageSerializer(ExtendedActorSystem system) : base(system) => _inner = new SystemMessageSerializer(system);

    /// <inheritdoc />
    public override int Identifier => 22;

    /// <inheritdoc />
    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    /// <inheritdoc />
    public override object FromBinary(byte[] bytes, string manifest) => Types.TryGetValue(manifest ?? "", out Type? type)
        ? _inner.FromBinary(bytes, type)
        : throw WireCounters.Get(system).Refuse($"the system message \"{manifest}\" is not in use");

    /// <inheritdoc />
    public override string Manifest(object o) => o switch
    {
        Watch => "W",
        Unwatch => "U",
        DeathWatchNotification => "D",
        _ => throw new SerializationException($"the system message {o.GetType().Name} does not leave a node"),
    };
}
