namespace DqnAkka.Actors;

/// <summary>Writes the fields of a message.</summary>
/// <param name="writer">Takes the fields.</param>
/// <param name="message">The message.</param>
internal delegate void WriteFields<in T>(ref WireWriter writer, T message);

/// <summary>Reads the fields of a message.</summary>
/// <param name="reader">Gives the fields.</param>
internal delegate T ReadFields<out T>(ref WireReader reader);

/// <summary>How one type of message is encoded.</summary>
internal abstract class WireEncoding
{
    /// <summary>Names an encoding.</summary>
    /// <param name="type">The type of message.</param>
    /// <param name="manifest">Its name on the wire, 1 to 3 characters; never given to another message.</param>
    protected WireEncoding(Type type, string manifest)
    {
        Type = type;
        Manifest = manifest;
    }

    /// <summary>The type of message.</summary>
    public Type Type { get; }

    /// <summary>Its name on the wire.</summary>
    public string Manifest { get; }

    /// <summary>Whether every version reads it: what it consists of never changes, and what a newer version adds at its end is ignored.</summary>
    public bool IsTimeless { get; init; }

    /// <summary>Writes the fields.</summary>
    public abstract void Write(ref WireWriter writer, IWireMessage message);

    /// <summary>Reads the fields.</summary>
    public abstract IWireMessage Read(ref WireReader reader);
}

/// <summary>How messages of type <typeparamref name="T"/> are encoded.</summary>
/// <param name="manifest">Its name on the wire, 1 to 3 characters.</param>
/// <param name="write">Writes the fields.</param>
/// <param name="read">Reads them in the same order.</param>
internal sealed class WireEncoding<T>(string manifest, WriteFields<T> write, ReadFields<T> read) : WireEncoding(typeof(T), manifest)
    where T : IWireMessage
{
    /// <inheritdoc />
    public override void Write(ref WireWriter writer, IWireMessage message) => write(ref writer, (T)message);

    /// <inheritdoc />
    public override IWireMessage Read(ref WireReader reader) => read(ref reader);
}
