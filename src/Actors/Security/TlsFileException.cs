namespace DqnAkka.Actors;

/// <summary>A file of mutual TLS cannot be used; the message is one line that names it and says what to do.</summary>
public sealed class TlsFileException : Exception
{
    /// <summary>Makes the exception with its line.</summary>
    public TlsFileException(string message) : base(message)
    {
    }

    /// <summary>Makes the exception with its line and what lies behind it.</summary>
    public TlsFileException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
