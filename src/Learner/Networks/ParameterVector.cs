namespace DqnAkka.Learner;

/// <summary>Checks on flat parameter vectors.</summary>
internal static class ParameterVector
{
    /// <summary>Throws unless a vector is as long as its layout says.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static void RequireLength(NetworkLayout layout, int length)
    {
        if (length != layout.Length)
        {
            throw new ArgumentException($"a network {layout.Description} has a parameter vector of {layout.Length} floats: got {length}");
        }
    }
}
