namespace DqnAkka.Environments;

/// <summary>Reads one <see cref="WrapperCall"/>: <c>Name</c>, <c>Name()</c>, <c>Name(first=1, second=[2, 3], third="a, b")</c>.</summary>
/// <param name="text">The call.</param>
internal sealed class WrapperCallReader(string text)
{
    private readonly Dictionary<string, string> _arguments = new(StringComparer.Ordinal);
    private int _position;

    /// <summary>The call.</summary>
    /// <exception cref="EnvironmentException">The text is no call.</exception>
    public WrapperCall Read()
    {
        string name = ReadName("the name of a wrapper");
        bool hasArguments = Takes('(');
        if (hasArguments)
        {
            ReadArguments(name);
        }

        SkipSpace();
        return _position == text.Length
            ? new WrapperCall(name, _arguments)
            : throw Wrong(hasArguments ? "nothing is expected after the closing parenthesis" : "the arguments in parentheses, or nothing, are expected after the name");
    }

    private void ReadArguments(string wrapper)
    {
        if (Takes(')'))
        {
            return;
        }

        do
        {
            string name = ReadName($"the name of an argument (as in {wrapper}(name=value))");
            if (!Takes('='))
            {
                throw Wrong($"'=' and the value of {name} are expected: arguments are given by name");
            }

            if (!_arguments.TryAdd(name, ReadValue(name)))
            {
                throw Wrong($"the argument {name} is given twice");
            }
        }
        while (Takes(','));

        if (!Takes(')'))
        {
            throw Wrong("a comma or a closing parenthesis is expected");
        }
    }

    private string ReadName(string expected)
    {
        SkipSpace();
        int begin = _position;
        while (_position < text.Length && (char.IsAsciiLetter(text[_position]) || text[_position] == '_' || (_position > begin && char.IsAsciiDigit(text[_position]))))
        {
            _position++;
        }

        return _position > begin ? text[begin.._position] : throw Wrong($"{expected} is expected");
    }

    private string ReadValue(string argument)
    {
        SkipSpace();
        int begin = _position;
        return (_position < text.Length ? text[_position] : ')') switch
        {
            '"' or '\'' => ReadQuoted(argument),
            '[' => ReadBracketed(argument),
            _ => ReadUntil(",()[]='\"") is { Length: > 0 } value ? value : throw WrongAt(begin, $"the value of {argument} is expected"),
        };
    }

    private string ReadQuoted(string argument)
    {
        int begin = _position;
        int end = text.IndexOf(text[begin], begin + 1);
        if (end < 0)
        {
            throw Wrong($"the quotation mark before the value of {argument} is never closed");
        }

        _position = end + 1;
        return text[(begin + 1)..end];
    }

    private string ReadBracketed(string argument)
    {
        int begin = _position;
        int end = text.IndexOf(']', begin);
        if (end < 0)
        {
            throw Wrong($"the bracket before the value of {argument} is never closed");
        }

        _position = end + 1;
        return text[begin.._position];
    }

    private string ReadUntil(string ends)
    {
        int length = text.AsSpan(_position).IndexOfAny(ends);
        int begin = _position;
        _position = length < 0 ? text.Length : begin + length;
        return text[begin.._position].Trim();
    }

    private bool Takes(char expected)
    {
        SkipSpace();
        if (_position >= text.Length || text[_position] != expected)
        {
            return false;
        }

        _position++;
        return true;
    }

    private void SkipSpace()
    {
        while (_position < text.Length && char.IsWhiteSpace(text[_position]))
        {
            _position++;
        }
    }

    private EnvironmentException Wrong(string problem) => WrongAt(_position, problem);

    private EnvironmentException WrongAt(int position, string problem)
    {
        string shown = text.ReplaceLineEndings(" ");
        string place = position < shown.Length ? $"at '{shown[position..]}'" : "at its end";
        return new EnvironmentException($"environment.wrappers has '{shown}', which is no call of a wrapper: {place} {problem}; write for example \"FrameStackObservation(stack_size=4)\"");
    }
}
