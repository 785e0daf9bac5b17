namespace DqnAkka.Environments;

/// <summary>Looks at an environment's pictures: at its own size and at another one they cover the canvas, alike each time.</summary>
internal static class RenderCheck
{
    // The runtime may allocate at one or the other drawing, while it compiles; what each of them does is the drawing's.
    private const int Drawings = 3;
    private static readonly ImageSize OtherSize = new(53, 37);

    /// <summary>Draws the present state.</summary>
    /// <returns>Whether there is anything to draw.</returns>
    public static bool Run(IEnvironment environment, CheckFindings findings)
    {
        if (environment is not IRenderable { RenderSize: { } size } renderable)
        {
            return false;
        }

        if (size.Width < 1 || size.Height < 1)
        {
            findings.Breach("render", () => $"RenderSize is {size}: give each side at least 1 pixel, or null where it cannot be drawn");
            return true;
        }

        try
        {
            Draw(renderable, size, findings);
            Draw(renderable, OtherSize, findings);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            findings.Breach("render", () => $"Render threw {OneLine.Of(exception)}");
        }

        return true;
    }

    private static void Draw(IRenderable renderable, ImageSize size, CheckFindings findings)
    {
        Canvas first = new(new RgbImage(size));
        Canvas second = new(new RgbImage(size));
        second.Clear(RgbColor.White);
        renderable.Render(first);
        long allocated = long.MaxValue;
        for (int i = 0; i < Drawings && allocated > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            renderable.Render(second);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        if (!first.Image.Pixels.SequenceEqual(second.Image.Pixels))
        {
            findings.Breach("render", () => $"two pictures of one state at {size} differ where the canvas was black and white before: draw over every pixel, from the state alone");
        }

        if (allocated > 0)
        {
            findings.Warn("render-allocation", () => $"Render allocates {allocated} bytes at {size}: keep what it needs");
        }
    }
}
