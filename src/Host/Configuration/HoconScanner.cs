namespace DqnAkka.Host;

/// <summary>
/// Walks a HOCON text for what Akka's parser does not give: the line of each key, substitutions by environment variables and
/// optional ones, and an error for what that parser lets pass (open braces, open strings, a key without a value).
/// </summary>
internal sealed class HoconScanner
{
    private readonly string _text;
    private readonly string _name;
    private readonly List<HoconField> _fields = [];
    private readonly List<HoconReference> _references = [];
    private int _position;
    private int _line = 1;

    private HoconScanner(string text, string name)
    {
        _text = text;
        _name = name;
    }

    /// <summary>Finds the line of each key, and replaces what Akka's parser could not resolve.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What messages call it: a file's name.</param>
    /// <param name="variables">The value of an environment variable, null where it is not set.</param>
    /// <exception cref="UserErrorException">The text is not well-formed, or names a variable that is not set.</exception>
    public static ScannedHocon Scan(string text, string name, Func<string, string?> variables)
    {
        HoconScanner scanner = new(text, name);
        scanner.ScanObject("", 0);
        return HoconSubstitutions.Apply(text, name, scanner._fields, scanner._references, variables);
    }

    private bool AtEnd => _position >= _text.Length;

    private char Current => AtEnd ? '\n' : _text[_position];

    private bool AtComment => Current == '#' || (Current == '/' && _position + 1 < _text.Length && _text[_position + 1] == '/');

    private UserErrorException Error(int line, string message) => new($"{_name}:{line}: {message}");

    private void Advance()
    {
        if (Current == '\n')
        {
            _line++;
        }

        _position++;
    }

    private void SkipComment()
    {
        while (!AtEnd && Current != '\n')
        {
            _position++;
        }
    }

    private void SkipBetween()
    {
        while (!AtEnd && (char.IsWhiteSpace(Current) || Current == ',' || AtComment))
        {
            if (AtComment)
            {
                SkipComment();
            }
            else
            {
                Advance();
            }
        }
    }

    private void ScanObject(string prefix, int openedAt)
    {
        while (true)
        {
            SkipBetween();
            if (AtEnd)
            {
                if (openedAt > 0)
                {
                    throw Error(openedAt, "'{' is never closed: add '}'");
                }

                return;
            }

            if (Current == '}')
            {
                if (openedAt == 0)
                {
                    throw Error(_line, "'}' closes nothing: remove it");
                }

                Advance();
                return;
            }

            ScanField(prefix);
        }
    }

    private void ScanField(string prefix)
    {
        int line = _line;
        int start = _position;
        string key = ScanKey();
        if (key.Length == 0 || Current is not ('=' or ':' or '{'))
        {
            throw Error(line, key.StartsWith("include", StringComparison.Ordinal)
                ? "include is not supported: put the keys into this file"
                : $"expected 'key = value', found '{(key.Length > 0 ? key : Current.ToString())}'");
        }

        string path = prefix.Length == 0 ? key : $"{prefix}.{key}";
        int index = _fields.Count;
        _fields.Add(new HoconField(path, line, null));
        if (Current != '{')
        {
            Advance();
        }

        _fields[index] = new HoconField(path, line, Removable(start, ScanValue(path, line)));
    }

    /// <summary>Notes for a substitution that is a whole field or item what goes with it where it has no value.</summary>
    private HoconReference? Removable(int start, int reference)
    {
        if (reference < 0)
        {
            return null;
        }

        int end = Current == ',' ? _position + 1 : _position;
        return _references[reference] = _references[reference] with { RemovedStart = start, RemovedEnd = end };
    }

    private string ScanKey()
    {
        int start = _position;
        while (!AtEnd && Current is not ('=' or ':' or '{' or '}' or '[' or '\n' or ',') && !AtComment)
        {
            if (Current == '"')
            {
                ScanString();
            }
            else
            {
                Advance();
            }
        }

        return _text[start.._position].Trim().Replace("\"", "", StringComparison.Ordinal);
    }

    /// <summary>Skips a value; returns the number of the substitution that is all of it, otherwise −1.</summary>
    private int ScanValue(string path, int line)
    {
        bool empty = true;
        int start = _position;
        int references = _references.Count;
        while (!AtEnd && Current is not ('\n' or ',' or '}' or ']') && !AtComment)
        {
            empty &= char.IsWhiteSpace(Current);
            switch (Current)
            {
                case '{':
                    Advance();
                    ScanObject(path, _line);
                    break;
                case '[':
                    ScanList(path);
                    break;
                case '"':
                    ScanString();
                    break;
                case '$':
                    ScanSubstitution(path);
                    break;
                case '=' or ':' or ';':
                    throw Error(_line, $"the value of {path} contains '{Current}': put it in double quotes");
                default:
                    Advance();
                    break;
            }
        }

        if (empty)
        {
            throw Error(line, $"{path} has no value: write {path} = value");
        }

        return _references.Count == references + 1 && _references[^1].IsAllOf(_text.AsSpan(start, _position - start)) ? references : -1;
    }

    private void ScanList(string path)
    {
        int openedAt = _line;
        Advance();
        SkipBetween();
        while (Current != ']' || AtEnd)
        {
            if (AtEnd || Current == '}')
            {
                throw Error(openedAt, "'[' is never closed: add ']'");
            }

            int start = _position;
            Removable(start, ScanValue(path, _line));
            SkipBetween();
        }

        Advance();
    }

    private void ScanString()
    {
        int openedAt = _line;
        string quotes = string.CompareOrdinal(_text, _position, "\"\"\"", 0, 3) == 0 ? "\"\"\"" : "\"";
        _position += quotes.Length;
        while (!AtEnd && string.CompareOrdinal(_text, _position, quotes, 0, quotes.Length) != 0)
        {
            if (quotes.Length == 1 && Current == '\n')
            {
                break;
            }

            if (quotes.Length == 1 && Current == '\\')
            {
                _position++;
            }

            Advance();
        }

        if (AtEnd || Current != '"')
        {
            throw Error(openedAt, "a string is never closed: add '\"'");
        }

        _position += quotes.Length;
    }

    private void ScanSubstitution(string path)
    {
        int end = _text.IndexOf('}', _position);
        if (end < 0 || _position + 1 >= _text.Length || _text[_position + 1] != '{')
        {
            throw Error(_line, $"the value of {path} contains '$': write ${{key}}, or put it in double quotes");
        }

        string inner = _text[(_position + 2)..end].Trim();
        bool isOptional = inner.StartsWith('?');
        _references.Add(new HoconReference(inner.TrimStart('?').Trim(), isOptional, _line, _position, end + 1));
        _position = end + 1;
    }
}
