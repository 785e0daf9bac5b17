using System.Text;

namespace DqnAkka.Host;

/// <summary>A HOCON text that Akka's parser can read.</summary>
/// <param name="Text">The text.</param>
/// <param name="Origins">By whole key its line, from 1, and the environment variable that gives the value, if one does; the last where a key is given twice.</param>
internal sealed record ScannedHocon(string Text, IReadOnlyDictionary<string, string> Origins);

/// <summary>One <c>key = value</c> of a text.</summary>
/// <param name="Path">The whole key.</param>
/// <param name="Line">Its line.</param>
/// <param name="Value">The substitution that is its whole value; null where the value is something else.</param>
internal sealed record HoconField(string Path, int Line, HoconReference? Value);

/// <summary>One <c>${path}</c> or <c>${?path}</c>.</summary>
/// <param name="Path">A key of the text, or an environment variable.</param>
/// <param name="IsOptional">Whether it may have no value.</param>
/// <param name="Line">Its line.</param>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character after its last.</param>
internal sealed record HoconReference(string Path, bool IsOptional, int Line, int Start, int End)
{
    /// <summary>First character of what goes where there is no value: itself, or the field or list item that it is all of.</summary>
    public int RemovedStart { get; init; } = Start;

    /// <summary>The character after the last of what goes.</summary>
    public int RemovedEnd { get; init; } = End;

    /// <summary>Whether a value consists of it.</summary>
    public bool IsAllOf(ReadOnlySpan<char> value) => value.Trim().Length == End - Start;
}

/// <summary>
/// Resolves what Akka's parser cannot: <c>${NAME}</c> by an environment variable where the text has no key of that name, and
/// <c>${?NAME}</c>, which leaves no trace of its field or list item where neither key nor variable is there. A variable that is
/// empty counts as not set for <c>${?NAME}</c>: that is how container files pass on what nobody has set.
/// </summary>
internal static class HoconSubstitutions
{
    /// <summary>Rewrites a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="fields">Its fields, in order.</param>
    /// <param name="references">Its substitutions, in order.</param>
    /// <param name="variables">The value of an environment variable, null where it is not set.</param>
    /// <exception cref="UserErrorException">A variable that is not optional is not set.</exception>
    public static ScannedHocon Apply(
        string text,
        string name,
        IReadOnlyList<HoconField> fields,
        IReadOnlyList<HoconReference> references,
        Func<string, string?> variables)
    {
        IReadOnlyList<HoconField> kept = Kept(fields, variables);
        StringBuilder result = new();
        int position = 0;
        foreach (HoconReference reference in references)
        {
            string? value = variables(reference.Path);
            bool isKey = HasKey(kept, reference.Path) && !fields.Any(field => IsItsOwnValue(field) && ReferenceEquals(field.Value, reference));
            string? replacement = isKey
                ? $"${{{reference.Path}}}"
                : value is { Length: > 0 } || (value is not null && !reference.IsOptional) ? Literal(value) : null;
            if (replacement is null && !reference.IsOptional)
            {
                throw new UserErrorException(
                    $"{name}:{reference.Line}: {reference.Path} is neither a key of this file nor an environment variable: set it, or write ${{?{reference.Path}}} to leave the key as it is without it");
            }

            bool isRemoved = replacement is null;
            result.Append(text, position, (isRemoved ? reference.RemovedStart : reference.Start) - position).Append(replacement);
            position = isRemoved ? reference.RemovedEnd : reference.End;
        }

        Dictionary<string, string> origins = [];
        foreach (HoconField field in kept)
        {
            string variable = field.Value is { } whole && !HasKey(kept, whole.Path) ? $", variable {whole.Path}" : "";
            origins[field.Path] = $"{field.Line}{variable}";
        }

        return new ScannedHocon(result.Append(text, position, text.Length - position).ToString(), origins);
    }

    private static string Literal(string value) => HoconLiteral.Quote(value.ReplaceLineEndings(" "));

    /// <summary>Whether a field is of the form <c>key = ${?key}</c>, which keeps what the key had before.</summary>
    private static bool IsItsOwnValue(HoconField field) => field.Value is { IsOptional: true } value && value.Path == field.Path;

    private static bool HasKey(IEnumerable<HoconField> fields, string path) =>
        fields.Any(field => field.Path == path || field.Path.StartsWith(path + ".", StringComparison.Ordinal));

    /// <summary>The fields that have a value. One may refer to another that is optional itself: more of them are found until none is new.</summary>
    private static List<HoconField> Kept(IReadOnlyList<HoconField> fields, Func<string, string?> variables)
    {
        bool[] has = [.. fields.Select(field => field.Value is not { IsOptional: true } || variables(field.Value.Path) is { Length: > 0 })];
        for (bool found = true; found;)
        {
            found = false;
            List<HoconField> known = [.. fields.Where((_, index) => has[index])];
            for (int i = 0; i < fields.Count; i++)
            {
                if (!has[i] && !IsItsOwnValue(fields[i]) && HasKey(known, fields[i].Value!.Path))
                {
                    has[i] = true;
                    found = true;
                }
            }
        }

        return [.. fields.Where((_, index) => has[index])];
    }
}
