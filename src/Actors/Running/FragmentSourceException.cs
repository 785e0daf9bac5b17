namespace DqnAkka.Actors;

/// <summary>Stored transitions cannot be read, and could not be read again: the run ends with this line.</summary>
public sealed class FragmentSourceException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One line.</param>
    public FragmentSourceException(string message) : base(message)
    {
    }
}
