using System.CommandLine;
using System.CommandLine.Parsing;

namespace DqnAkka.Host;

/// <summary>Says in one line what is wrong with a command line.</summary>
internal static class ParseProblem
{
    /// <summary>The line for the first problem.</summary>
    public static string Describe(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        string path = PathOf(result.CommandResult);
        string help = path.Length == 0 ? "--help" : $"{path} --help";
        if (result.UnmatchedTokens.Count == 0)
        {
            SymbolResult? symbol = result.Errors[0].SymbolResult;
            string value = symbol?.Tokens.Count > 0 ? symbol.Tokens[^1].Value : "";
            return symbol switch
            {
                CommandResult when command is RootCommand => $"no command given: try 'train', or '{help}'",
                CommandResult when command.Subcommands.Count > 0 => $"{path} needs a command: {string.Join(", ", command.Subcommands.Select(subcommand => subcommand.Name))}; see '{help}'",
                OptionResult { Option: var option, IdentifierTokenCount: > 1 } when option.Arity.MaximumNumberOfValues == 1 => $"{option.Name} is given twice: give it once; see '{help}'",
                OptionResult { Option: var option } when value.Length == 0 => $"{option.Name} needs a value: write {option.Name} {option.HelpName}; see '{help}'",
                OptionResult { Option: var option } when option.HelpName == "N" => $"{option.Name} {value} is not a whole number {RangeOf(option, value)}: write {option.Name} {option.HelpName}; see '{help}'",
                ArgumentResult { Argument: var argument } when value.Length == 0 => $"{argument.HelpName} is missing: see '{help}'",
                CommandResult when command.Arguments.Count > 0 => $"{command.Arguments[0].HelpName} is missing: see '{help}'",
                _ => $"{result.Errors[0].Message} See '{help}'",
            };
        }

        string typed = result.UnmatchedTokens[0];
        bool isOption = typed.StartsWith('-');
        string[] candidates = isOption
            ? [.. command.Options.Concat(result.RootCommandResult.Command.Options).Select(option => option.Name)]
            : [.. command.Subcommands.Where(subcommand => !subcommand.Hidden).Select(subcommand => subcommand.Name)];
        string hint = candidates.Length > 0 ? $"did you mean {NearestKey.Find(typed, candidates)}? " : "";
        string what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return $"{typed} is no {what}{(path.Length == 0 ? "" : $" of {path}")}: {hint}See '{help}'";
    }

    /// <summary>The line for the first option or argument that is an empty text, as a script's unset variable gives it; null where there is none.</summary>
    public static string? DescribeEmptyValue(ParseResult result)
    {
        string help = $"see '{PathOf(result.CommandResult)} --help'";
        return result.CommandResult.Children.FirstOrDefault(symbol => symbol.Tokens.Any(token => token.Value.Length == 0)) switch
        {
            OptionResult { Option: var option } => $"{option.Name} is empty: write {option.Name} {option.HelpName}; {help}",
            ArgumentResult { Argument: var argument } => $"{argument.HelpName} is empty: {help}",
            _ => null,
        };
    }

    private static string RangeOf(Option option, string value) => option.Name switch
    {
        "--epochs" => $"from 1 to {int.MaxValue}",
        "--episodes" => "from 1 to 100000",
        "--fps" => "from 1 to 1000",
        "--steps" => "from 1 to 10000000",
        "--port" or "--health-port" => "from 0 to 65535",
        // Nobody who mistyped a seed needs its bound.
        _ => value.All(char.IsAsciiDigit) ? $"from 0 to {ulong.MaxValue}" : "from 0 up",
    };

    /// <summary>The command as it is typed, without the program's name.</summary>
    private static string PathOf(CommandResult result) =>
        result is { Parent: CommandResult parent } ? $"{PathOf(parent)} {result.Command.Name}".TrimStart() : "";
}
