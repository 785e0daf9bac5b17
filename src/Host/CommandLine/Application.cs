using System.CommandLine;
using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>The program from arguments to exit code.</summary>
internal sealed class Application(HostCollaborators collaborators, HostConsole console)
{
    /// <summary>Runs one command; problems become lines on standard error.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="stop">Cancelled when the user asks for an end.</param>
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        ParseResult result = CommandTree.Build(collaborators, console).Parse(arguments);
        if (result.Errors.Count > 0 && result.Action is not HelpWithExamples)
        {
            WriteError(ParseProblem.Describe(result));
            return ExitCode.BadInput;
        }

        if (ParseProblem.DescribeEmptyValue(result) is { } problem)
        {
            WriteError(problem);
            return ExitCode.BadInput;
        }

        InvocationConfiguration configuration = new()
        {
            Output = console.Output,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            // Signals are the caller's (InterruptSignal): a run needs longer for its checkpoint than any fixed time.
            ProcessTerminationTimeout = null,
        };
        try
        {
            return await result.InvokeAsync(configuration, stop).ConfigureAwait(false);
        }
        catch (UserErrorException exception)
        {
            foreach (string line in exception.Lines)
            {
                WriteError(line);
            }

            return ExitCode.BadInput;
        }
        catch (LearnerException exception)
        {
            WriteError(exception.Message);
            return ExitCode.BadInput;
        }
        catch (EnvironmentException exception)
        {
            WriteError(exception.Message);
            return ExitCode.BadInput;
        }
        catch (TlsFileException exception)
        {
            WriteError(exception.Message);
            return ExitCode.BadInput;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            WriteError("interrupted");
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            WriteError($"a file or the output cannot be read or written: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Failed;
        }
        // The last resort: nobody is helped by a stack trace. Memory that ran out leaves none to go on with.
#pragma warning disable CA1031
        catch (Exception exception) when (exception is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            WriteError($"{exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Failed;
        }
    }

    private void WriteError(string line)
    {
        try
        {
            console.Error.WriteLine($"error: {line}");
        }
        catch (IOException)
        {
            // Standard error is gone: the exit code still tells.
        }
    }
}
