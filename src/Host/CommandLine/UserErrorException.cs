namespace DqnAkka.Host;

/// <summary>The user can mend this: each line names the thing, the value and the remedy.</summary>
internal sealed class UserErrorException : Exception
{
    /// <summary>Makes the exception with one line.</summary>
    public UserErrorException(string line) : this([line])
    {
    }

    /// <summary>Makes the exception with one line for each problem.</summary>
    public UserErrorException(IReadOnlyList<string> lines) : base(string.Join(Environment.NewLine, lines)) => Lines = lines;

    /// <summary>One line for each problem.</summary>
    public IReadOnlyList<string> Lines { get; }
}
