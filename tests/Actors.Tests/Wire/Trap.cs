using System.Runtime.Serialization;

namespace DqnAkka.Actors.Tests;

/// <summary>A type that should never be made of a frame. What happens in its constructor could be anything.</summary>
public class Trap
{
    private static int _sprung;

    public Trap() => Spring();

    public static int Sprung => Volatile.Read(ref _sprung);

    public static void Spring() => Interlocked.Increment(ref _sprung);
}

/// <summary>The same, as an exception.</summary>
public sealed class TrapException : Exception
{
    public TrapException()
    {
    }

#pragma warning disable SYSLIB0051, IDE0060 // What Akka.Remote calls to make an exception of a frame.
    private TrapException(SerializationInfo info, StreamingContext context) : base(info, context) => Trap.Spring();
#pragma warning restore SYSLIB0051, IDE0060
}
