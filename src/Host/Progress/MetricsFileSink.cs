using System.Text.Json;
using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>
/// The run's course in JSON Lines: one object a line, its kind in <c>type</c>, names in snake_case, null where there is no
/// number. Every line is flushed, so that a reader beside the run sees whole lines. Of a deterministic run it has no time, no rate and no
/// notice (which tell of a process, not of the run), so that two such runs write the same bytes. Where many learn together each line has
/// an object <c>distributed</c> too.
/// </summary>
internal sealed class MetricsFileSink : IRewindableSink, IDisposable
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };
    private readonly Stream _file;
    private readonly bool _isReproducible;
    private TimeSpan _elapsed;

    /// <summary>Makes the file, or goes on with one that another part of the run has begun.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isReproducible">Whether the run is deterministic.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static MetricsFileSink Append(string path, bool isReproducible)
    {
        bool isCut = EndsInTheMiddle(path);
        FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Seek(0, SeekOrigin.End);
        if (isCut)
        {
            // Whoever wrote it was killed in a line; what follows begins a new one.
            file.WriteByte((byte)'\n');
        }

        return new MetricsFileSink(file, isReproducible);
    }

    /// <summary>Writes to a stream, which it owns.</summary>
    public MetricsFileSink(Stream file, bool isReproducible = false)
    {
        _file = file;
        _isReproducible = isReproducible;
    }

    /// <inheritdoc />
    public long Commit()
    {
        if (_file is FileStream file)
        {
            file.Flush(flushToDisk: true);
        }

        return _file.Length;
    }

    /// <inheritdoc />
    public void Rewind(long length)
    {
        if (_file.Length < length)
        {
            throw new IOException($"the run's metrics have {_file.Length} bytes where its checkpoint knows of {length}: they were cut or replaced");
        }

        _file.SetLength(length);
        _file.Seek(0, SeekOrigin.End);
    }

    /// <inheritdoc />
    public void Report(ProgressReport report)
    {
        _elapsed = report.Elapsed;
        WriteLine("progress", writer => WriteProgress(writer, report));
    }

    /// <inheritdoc />
    public void Evaluated(EvaluationResult result) => WriteLine("evaluation", writer =>
    {
        Clocked(writer, "elapsed_seconds", result.Elapsed.TotalSeconds);
        WriteEvaluation(writer, result);
    });

    /// <inheritdoc />
    public void Notice(string message)
    {
        if (_isReproducible)
        {
            return;
        }

        WriteLine("notice", writer =>
        {
            Number(writer, "elapsed_seconds", _elapsed.TotalSeconds);
            writer.WriteString("message", message);
        });
    }

    /// <inheritdoc />
    public void Completed(RunSummary summary) => WriteLine("summary", writer =>
    {
        writer.WriteString("reason", JsonNamingPolicy.SnakeCaseLower.ConvertName(summary.Reason.ToString()));
        writer.WriteString("failure", summary.Failure);
        // Folders differ from run to run.
        writer.WriteString("checkpoint_directory", _isReproducible ? "" : summary.CheckpointDirectory);
        if (summary.CheckpointHash.Length > 0)
        {
            writer.WriteString("checkpoint_hash", summary.CheckpointHash);
        }

        WriteProgress(writer, summary.Progress);
        writer.WritePropertyName("evaluation");
        if (summary.Evaluation is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        WriteEvaluation(writer, summary.Evaluation);
        writer.WriteEndObject();
    });

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // What could not be flushed was reported when its line was written; a full disk must not hide how the run ended.
        }
    }

    private static bool EndsInTheMiddle(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return file.Length > 0 && file.Seek(-1, SeekOrigin.End) >= 0 && file.ReadByte() != '\n';
    }

    private void WriteProgress(Utf8JsonWriter writer, ProgressReport report)
    {
        Clocked(writer, "elapsed_seconds", report.Elapsed.TotalSeconds);
        writer.WriteNumber("steps", report.Steps);
        writer.WriteNumber("episodes", report.Episodes);
        writer.WriteNumber("updates", report.Updates);
        writer.WriteNumber("skipped_updates", report.SkippedUpdates);
        writer.WriteNumber("inserts", report.Inserts);
        writer.WriteNumber("samples", report.Samples);
        Number(writer, "samples_per_insert", report.SamplesPerInsert);
        Clocked(writer, "recent_samples_per_insert", report.RecentSamplesPerInsert);
        Number(writer, "limiter_error", report.LimiterError);
        writer.WriteNumber("replay_size", report.ReplaySize);
        Number(writer, "epsilon_low", report.EpsilonLow);
        Number(writer, "epsilon_high", report.EpsilonHigh);
        Number(writer, "loss", report.Loss);
        Number(writer, "mean_absolute_td_error", report.MeanAbsoluteTdError);
        Number(writer, "mean_q", report.MeanQ);
        Number(writer, "return_mean", report.ReturnMean);
        Number(writer, "return_deviation", report.ReturnDeviation);
        Clocked(writer, "steps_per_second", report.StepsPerSecond);
        Clocked(writer, "updates_per_second", report.UpdatesPerSecond);
        Clocked(writer, "learner_busy", report.LearnerBusy);
        writer.WriteNumber("runner_restarts", report.RunnerRestarts);
        writer.WriteNumber("learner_restarts", report.LearnerRestarts);
        writer.WriteNumber("environment_restarts", report.EnvironmentRestarts);
        writer.WriteNumber("dead_letters", report.DeadLetters);
        if (report.Distributed is { } distributed)
        {
            DistributedMetrics.Write(writer, distributed, _isReproducible);
        }
    }

    private static void WriteEvaluation(Utf8JsonWriter writer, EvaluationResult result)
    {
        writer.WriteNumber("step", result.Step);
        writer.WriteNumber("updates", result.Updates);
        writer.WriteNumber("episodes", result.Episodes);
        Number(writer, "mean", result.Mean);
        Number(writer, "deviation", result.Deviation);
        Number(writer, "minimum", result.Minimum);
        Number(writer, "maximum", result.Maximum);
    }

    /// <summary>A number that depends on the clock.</summary>
    private void Clocked(Utf8JsonWriter writer, string name, double value) => Number(writer, name, _isReproducible ? double.NaN : value);

    private static void Number(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private void WriteLine(string type, Action<Utf8JsonWriter> writeFields)
    {
        using (Utf8JsonWriter writer = new(_file, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            writeFields(writer);
            writer.WriteEndObject();
        }

        _file.WriteByte((byte)'\n');
        _file.Flush();
    }
}
