namespace DqnAkka.Host;

/// <summary>One key of <c>dqn { }</c>: how its text is read, checked and written.</summary>
/// <param name="Key">The key without the leading <c>dqn.</c>.</param>
internal abstract record Setting(string Key)
{
    /// <summary>The group that every key belongs to.</summary>
    public const string Root = "dqn.";

    /// <summary>The key as users type it.</summary>
    public string FullKey => Root + Key;

    /// <summary>What is allowed, as the reference documents it: <c>Range: …</c> or <c>Choices: …</c>.</summary>
    public abstract string Allowed { get; }

    /// <summary>What to give, as the end of an error message.</summary>
    protected abstract string Expectation { get; }

    /// <summary>Reads a value.</summary>
    /// <param name="raw">What was written.</param>
    /// <param name="value">The typed value; meaningless where a complaint is returned.</param>
    /// <returns>The whole error line, or null where the value is right.</returns>
    public string? Read(RawValue raw, out object value)
    {
        string? complaint = "is a list";
        object? parsed = null;
        if (TakesList || !raw.IsList)
        {
            complaint = Parse(raw.Items, out parsed);
        }

        value = parsed ?? "";
        return complaint is null ? null : $"{FullKey} = {raw} ({raw.Origin}) {complaint}: give {Expectation}";
    }

    /// <summary>Writes a value as HOCON that reads back as the same value.</summary>
    public abstract string Render(object value);

    /// <summary>Whether a list is a legal way to write the value.</summary>
    protected virtual bool TakesList => false;

    /// <summary>Parses the items; returns a complaint such as "is not a number", or null.</summary>
    protected abstract string? Parse(IReadOnlyList<string> items, out object? value);
}
