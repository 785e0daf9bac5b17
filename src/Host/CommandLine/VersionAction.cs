using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace DqnAkka.Host;

/// <summary>Prints this program's version, whatever process hosts it.</summary>
internal sealed class VersionAction(HostConsole console) : SynchronousCommandLineAction
{
    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        Version version = Assembly.GetExecutingAssembly().GetName().Version!;
        console.Output.WriteLine($"DqnAkka {version.ToString(3)}");
        return ExitCode.Done;
    }
}
