using DqnAkka.Environments;

namespace DqnAkka.Learner;

/// <summary>
/// How much memory a replay buffer takes, and for what. One region holds, in this order, each at a multiple of 64 bytes: the masses
/// (prioritised only), the rows, and where observations are shared the frames and what is noted for each of them. The inner nodes of the trees and
/// what removal by priority needs come on top.
/// </summary>
public sealed record ReplayMemoryPlan
{
    // Episodes of so many steps on average are reserved for. Where they are shorter, the oldest transitions leave a little early.
    private const int EpisodeSteps = 16;

    /// <summary>Bytes that are noted for each frame.</summary>
    public static int FrameNoteBytes => SharedStore.NoteBytes;

    private ReplayMemoryPlan(int capacity, ObservationFormat format, ReplayOptions options, StreamShape shape)
    {
        Capacity = capacity;
        Format = format;
        IsPrioritized = options.Prioritized;
        Removal = options.Removal;
        IsShared = format.IsShared && options.Removal == RemovalKind.Fifo;
        RowBytes = IsShared ? SharedStore.RowBytes : RowStore.StrideOf(format);
        FramesPerTransition = IsShared ? FramesPerTransitionOf(format, shape) : 0;
        Frames = IsShared ? FramesOf(capacity, format, shape) : 0;
        RowsOffset = IsPrioritized ? MemoryRegion.Align(PrioritizedSelector.MassBytes(capacity)) : 0;
        FramesOffset = MemoryRegion.Align(RowsOffset + ((long)capacity * RowBytes));
        FrameNotesOffset = MemoryRegion.Align(FramesOffset + ((long)Frames * format.FrameBytes));
        RegionBytes = MemoryRegion.Align(FrameNotesOffset + ((long)Frames * SharedStore.NoteBytes));
        IndexBytes = (IsPrioritized ? PrioritizedSelector.NodeBytes(capacity) : 0)
            + (Removal == RemovalKind.LowestPriority ? LowestPriorityRemoval.Bytes(capacity) : 0);
    }

    /// <summary>Transitions held at most.</summary>
    public int Capacity { get; }

    /// <summary>The form of an observation.</summary>
    public ObservationFormat Format { get; }

    /// <summary>Whether transitions have masses.</summary>
    public bool IsPrioritized { get; }

    /// <summary>Which transition leaves for the next one.</summary>
    public RemovalKind Removal { get; }

    /// <summary>Whether frames that transitions have in common are stored once; otherwise a row holds both observations.</summary>
    public bool IsShared { get; }

    /// <summary>Bytes of a row, from one to the next.</summary>
    public int RowBytes { get; }

    /// <summary>Frames that a transition takes on average in the stream that is reserved for; 0 where nothing is shared.</summary>
    public double FramesPerTransition { get; }

    /// <summary>Frames in the ring; 0 where nothing is shared.</summary>
    public int Frames { get; }

    /// <summary>Bytes of the region before the rows: the masses.</summary>
    public long RowsOffset { get; }

    /// <summary>Bytes of the region before the frames.</summary>
    public long FramesOffset { get; }

    /// <summary>Bytes of the region before what is noted for each frame.</summary>
    public long FrameNotesOffset { get; }

    /// <summary>Bytes of the region.</summary>
    public long RegionBytes { get; }

    /// <summary>Bytes beside the region: inner nodes of the trees, and where removal is by priority its keys.</summary>
    public long IndexBytes { get; }

    /// <summary>Bytes in all.</summary>
    public long TotalBytes => RegionBytes + IndexBytes;

    /// <summary>Plans a buffer.</summary>
    /// <param name="capacity">Transitions held at most, at least 1.</param>
    /// <param name="format">The form of an observation.</param>
    /// <param name="options">Whether it is prioritised, and which transitions leave.</param>
    /// <param name="shape">What its stream looks like; where it is not told, <see cref="StreamShape.Default"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1 or too large to be counted, or removal by priority is asked for without priorities.</exception>
    public static ReplayMemoryPlan For(int capacity, ObservationFormat format, ReplayOptions options, StreamShape? shape = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(options);
        if (options is { Removal: RemovalKind.LowestPriority, Prioritized: false })
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Removal, "transitions without priorities cannot leave by priority");
        }

        if (options.Prioritized)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, SumTree.MaximumCapacity);
        }

        return new ReplayMemoryPlan(capacity, format, options, shape ?? StreamShape.Default);
    }

    /// <summary>
    /// An unbroken stream of one environment adds a frame with each transition, and n + 2k − 2 more at its beginning: the first n s are no
    /// earlier one's s′, and both columns begin with a whole stack. It begins with each batch and with each episode.
    /// </summary>
    private static double FramesPerTransitionOf(ObservationFormat format, StreamShape shape)
    {
        double beginning = shape.Steps + (2.0 * format.Stack) - 2;
        return Math.Min(2.0 * format.Stack, 1 + (beginning / shape.Fragment) + (beginning / EpisodeSteps));
    }

    /// <summary>No more than would be needed if nothing were shared. Two batches on top: the one that comes, and what is left over at the end of the ring because batches lie in one piece.</summary>
    private static int FramesOf(int capacity, ObservationFormat format, StreamShape shape)
    {
        double perTransition = FramesPerTransitionOf(format, shape);
        double batches = 2.0 * shape.Environments * shape.Fragment * perTransition;
        double frames = Math.Min(Math.Ceiling((capacity * perTransition) + batches), 2.0 * format.Stack * capacity);
        if (frames > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacity), capacity, $"one buffer holds at most {int.MaxValue} frames, {perTransition:0.##} for each transition of {format}; use more shards or a smaller capacity");
        }

        return (int)frames;
    }
}
