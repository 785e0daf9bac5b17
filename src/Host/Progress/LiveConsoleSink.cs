using DqnAkka.Actors;
using Spectre.Console;

namespace DqnAkka.Host;

/// <summary>A table that is redrawn in place, for a person at a terminal; at the end the same lines as anywhere else.</summary>
internal sealed class LiveConsoleSink : IConsoleSink
{
    private readonly IAnsiConsole _console;
    private readonly StopOptions _limits;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _display;
    private LiveDisplayContext? _context;
    private ProgressReport? _report;
    private EvaluationResult? _evaluation;
    private string _notice = "";

    /// <summary>Takes the terminal over until <see cref="Completed"/> or <see cref="Dispose"/>.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="limits">When the run ends, for the time left.</param>
    public LiveConsoleSink(IAnsiConsole console, StopOptions limits)
    {
        _console = console;
        _limits = limits;
        _display = console.Live(new Text("starting …")).Overflow(VerticalOverflow.Crop).StartAsync(context =>
        {
            _context = context;
            context.Refresh();
            return _ended.Task;
        });
    }

    /// <summary>A view on a terminal behind a writer.</summary>
    public static LiveConsoleSink ForTerminal(TextWriter output, StopOptions limits) =>
        new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }), limits);

    /// <inheritdoc />
    public void Report(ProgressReport report)
    {
        _report = report;
        Redraw();
    }

    /// <inheritdoc />
    public void Evaluated(EvaluationResult result)
    {
        _evaluation = result;
        Redraw();
    }

    /// <inheritdoc />
    public void Notice(string message)
    {
        _notice = message;
        Redraw();
    }

    /// <inheritdoc />
    public void Completed(RunSummary summary)
    {
        _report = summary.Progress;
        Redraw();
        Dispose();
        foreach (string line in SummaryLines.Format(summary))
        {
            // Past the console's word wrap: the last line is for scripts too, and a terminal wraps by itself.
            _console.Profile.Out.Writer.WriteLine(line);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ended.TrySetResult();
        _display.Wait(TimeSpan.FromSeconds(2));
    }

    private void Redraw()
    {
        if (_report is not null && !_ended.Task.IsCompleted)
        {
            _context?.UpdateTarget(LiveTable.Render(_report, _evaluation, _notice, _limits, _console.Profile.Width));
        }
    }
}
