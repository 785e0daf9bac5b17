namespace DqnAkka.Host;

/// <summary>A value as it was written, before its key's type is applied.</summary>
/// <param name="Items">The items of a list; the one text otherwise.</param>
/// <param name="IsList">Whether it was written as a list.</param>
/// <param name="Origin">Where it was written: <c>file:line</c>, <c>--set</c>, …</param>
internal sealed record RawValue(IReadOnlyList<string> Items, bool IsList, string Origin)
{
    /// <summary>The value as an error message shows it.</summary>
    public override string ToString() => IsList ? $"[{string.Join(", ", Items)}]" : Items[0].Length == 0 ? "\"\"" : Items[0];
}
