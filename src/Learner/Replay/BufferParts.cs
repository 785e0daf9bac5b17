namespace DqnAkka.Learner;

/// <summary>What a replay buffer is composed of, on one region of memory.</summary>
internal sealed unsafe class BufferParts : IDisposable
{
    private readonly MemoryRegion _region;

    /// <summary>Composes the parts; where the region is not zero they are to be recovered.</summary>
    /// <param name="plan">How the region is divided.</param>
    /// <param name="options">What the plan was made of.</param>
    /// <param name="region">The memory; disposed of with the parts.</param>
    /// <param name="offset">Bytes at the beginning of the region that belong to somebody else.</param>
    /// <param name="hasChecksums">Whether what is stored gets checksums.</param>
    public BufferParts(ReplayMemoryPlan plan, ReplayOptions options, MemoryRegion region, long offset, bool hasChecksums)
    {
        if (offset < 0 || offset % MemoryRegion.Alignment != 0 || region.Length - offset < plan.RegionBytes)
        {
            throw new ArgumentException($"{plan.RegionBytes} bytes after {offset} do not lie in a region of {region.Length} bytes", nameof(region));
        }

        Plan = plan;
        _region = region;
        byte* start = region.Start + offset;
        Store = plan.IsShared ? new SharedStore(plan, region, start, hasChecksums) : new RowStore(plan, region, start, hasChecksums);
        PrioritizedSelector? prioritized = plan.IsPrioritized ? new(plan.Capacity, options.Alpha, options.PriorityEpsilon, (double*)start) : null;
        Selector = prioritized is null ? new UniformSelector(plan.Capacity) : prioritized;
        Removal = plan.Removal == RemovalKind.LowestPriority ? new LowestPriorityRemoval(plan.Capacity, prioritized!.Minimum) : new FifoRemoval(plan.Capacity);
    }

    /// <summary>How the region is divided.</summary>
    public ReplayMemoryPlan Plan { get; }

    /// <summary>Holds transitions.</summary>
    public ITransitionStore Store { get; }

    /// <summary>Decides what is drawn.</summary>
    public ISelector Selector { get; }

    /// <summary>Decides what leaves.</summary>
    public IRemovalPolicy Removal { get; }

    /// <summary>Composes parts on new memory of the process's own.</summary>
    /// <param name="plan">How it is divided.</param>
    /// <param name="options">What the plan was made of.</param>
    public static BufferParts InOwnMemory(ReplayMemoryPlan plan, ReplayOptions options)
    {
        AnonymousRegion region = new(plan.RegionBytes);
        try
        {
            return new BufferParts(plan, options, region, 0, hasChecksums: false);
        }
        catch
        {
            region.Dispose();
            throw;
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Selector.Dispose();
        _region.Dispose();
    }
}
