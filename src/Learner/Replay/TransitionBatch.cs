using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// Transitions in columns, as a runner sends them, shards hand them over and files hold them: (s, a, Rⁿ, γⁿ, s′). Observations are windows
/// of neighbouring frames, so that what transitions have in common is there once. Immutable once sent; the arrays are exactly as long as
/// stated and are not copied.
/// </summary>
public sealed class TransitionBatch
{
    private const int KnownEnds = (int)(EpisodeEnd.Terminated | EpisodeEnd.Truncated);

    /// <summary>Makes a batch over existing columns.</summary>
    /// <param name="format">The form of an observation: k frames of F bytes.</param>
    /// <param name="frames">The frames, [M × F] bytes.</param>
    /// <param name="windows">
    /// The first frame of s and of s′ for each transition in turn, int32 [2B], each followed by its k − 1 others; or empty where nothing
    /// is shared: then M = 2kB, and the frames are s, s′ of the first transition, s, s′ of the second, …
    /// </param>
    /// <param name="actions">a, int32 [B].</param>
    /// <param name="returns">Rⁿ = Σ γᵏ r, float32 [B].</param>
    /// <param name="discounts">What the value of s′ is multiplied by, float32 [B]: γᵐ after m steps, 0 after a terminal state.</param>
    /// <param name="ends">How the episode stood at s′, one byte each [B]: <see cref="EpisodeEnd"/>.</param>
    /// <param name="absoluteTdErrors">The inserter's own |δ|, float32 [B]; empty where there is none.</param>
    /// <exception cref="ArgumentException">A column's length does not fit, a window leaves the frames, there are more frames than windows can name, or an end is none.</exception>
    public TransitionBatch(
        ObservationFormat format,
        byte[] frames,
        int[] windows,
        int[] actions,
        float[] returns,
        float[] discounts,
        byte[] ends,
        float[] absoluteTdErrors)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(returns);
        ArgumentNullException.ThrowIfNull(discounts);
        ArgumentNullException.ThrowIfNull(ends);
        ArgumentNullException.ThrowIfNull(absoluteTdErrors);
        int count = actions.Length;
        bool fits = returns.Length == count && discounts.Length == count && ends.Length == count
            && (absoluteTdErrors.Length == 0 || absoluteTdErrors.Length == count)
            && frames.Length % format.FrameBytes == 0
            && (windows.Length == 0 ? frames.Length == 2L * count * format.Bytes : windows.Length == 2L * count);
        if (!fits)
        {
            throw new ArgumentException(
                $"the columns of a batch of {count} transitions with observations of {format} do not have matching lengths: {frames.Length} bytes of frames, "
                + $"{windows.Length} windows, {returns.Length} returns, {discounts.Length} discounts, {ends.Length} ends, {absoluteTdErrors.Length} errors");
        }

        int frameCount = frames.Length / format.FrameBytes;
        if (windows.Length > 0 && (frameCount < format.Stack || windows.AsSpan().ContainsAnyExceptInRange(0, frameCount - format.Stack)))
        {
            throw new ArgumentException($"an observation of a batch leaves its {frameCount} frames");
        }

        if (frameCount > 2L * count * format.Stack)
        {
            throw new ArgumentException($"a batch of {count} transitions has {frameCount} frames of {format}, more than its observations can have");
        }

        if (ends.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)KnownEnds))
        {
            throw new ArgumentException("a transition of a batch ends in no known way");
        }

        Format = format;
        Frames = frames;
        Windows = windows;
        Actions = actions;
        Returns = returns;
        Discounts = discounts;
        Ends = ends;
        AbsoluteTdErrors = absoluteTdErrors;
    }

    /// <summary>Makes a batch in which nothing is shared from columns of float32, all within running or (discount 0) terminated episodes.</summary>
    /// <param name="observationSize">Components of one observation, D.</param>
    /// <param name="observations">s, float32 [B × D] row-major; copied.</param>
    /// <param name="actions">a, int32 [B].</param>
    /// <param name="returns">Rⁿ, float32 [B].</param>
    /// <param name="discounts">Bootstrap discounts, float32 [B].</param>
    /// <param name="nextObservations">s′, float32 [B × D]; copied.</param>
    /// <param name="absoluteTdErrors">|δ|, float32 [B], or empty.</param>
    /// <exception cref="ArgumentException">A column's length does not fit.</exception>
    public static TransitionBatch FromColumns(
        int observationSize, float[] observations, int[] actions, float[] returns, float[] discounts, float[] nextObservations, float[] absoluteTdErrors)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(discounts);
        ArgumentNullException.ThrowIfNull(nextObservations);
        ObservationFormat format = new(ObservationType.Float32, observationSize);
        if (observations.Length != (long)actions.Length * observationSize || nextObservations.Length != observations.Length)
        {
            throw new ArgumentException(
                $"{actions.Length} transitions of {observationSize} components need as many observations, got {observations.Length} and {nextObservations.Length} components");
        }

        byte[] frames = new byte[2 * actions.Length * format.Bytes];
        for (int row = 0; row < actions.Length; row++)
        {
            format.Encode(observations.AsSpan(row * observationSize, observationSize), frames.AsSpan(2 * row * format.Bytes, format.Bytes));
            format.Encode(nextObservations.AsSpan(row * observationSize, observationSize), frames.AsSpan(((2 * row) + 1) * format.Bytes, format.Bytes));
        }

        byte[] ends = [.. discounts.Select(discount => (byte)(discount == 0 ? EpisodeEnd.Terminated : EpisodeEnd.None))];
        return new TransitionBatch(format, frames, [], actions, returns, discounts, ends, absoluteTdErrors);
    }

    /// <summary>Number of transitions, B.</summary>
    public int Count => Actions.Length;

    /// <summary>The form of an observation.</summary>
    public ObservationFormat Format { get; }

    /// <summary>Frames in bytes of their own type, [M × F].</summary>
    public byte[] Frames { get; }

    /// <summary>First frames of s and s′, int32 [2B], or empty where nothing is shared.</summary>
    public int[] Windows { get; }

    /// <summary>a, int32 [B].</summary>
    public int[] Actions { get; }

    /// <summary>n-step returns, float32 [B].</summary>
    public float[] Returns { get; }

    /// <summary>Bootstrap discounts, float32 [B].</summary>
    public float[] Discounts { get; }

    /// <summary>How the episode stood at s′, <see cref="EpisodeEnd"/> [B].</summary>
    public byte[] Ends { get; }

    /// <summary>The inserter's |δ|, float32 [B], or empty.</summary>
    public float[] AbsoluteTdErrors { get; }

    /// <summary>s of one transition, packed, [<see cref="ObservationFormat.Bytes"/>].</summary>
    /// <param name="row">The transition.</param>
    public ReadOnlySpan<byte> Observation(int row) => Window(2 * row);

    /// <summary>s′ of one transition, packed, [<see cref="ObservationFormat.Bytes"/>].</summary>
    /// <param name="row">The transition.</param>
    public ReadOnlySpan<byte> NextObservation(int row) => Window((2 * row) + 1);

    /// <summary>The same transitions, over the same arrays, with the inserter's |δ|.</summary>
    /// <param name="absoluteTdErrors">|δ| of each, float32 [B].</param>
    /// <exception cref="ArgumentException">There are not as many.</exception>
    public TransitionBatch WithErrors(float[] absoluteTdErrors) =>
        new(Format, Frames, Windows, Actions, Returns, Discounts, Ends, absoluteTdErrors);

    private ReadOnlySpan<byte> Window(int index)
    {
        int first = Windows.Length == 0 ? index * Format.Stack : Windows[index];
        return Frames.AsSpan(first * Format.FrameBytes, Format.Bytes);
    }
}
