namespace DqnAkka.Environments;

/// <summary>What the two frame stacks, of one environment and of a vector, have in common.</summary>
internal static class FrameStack
{
    /// <summary>The wrapper's name.</summary>
    public const string Name = "FrameStackObservation";

    /// <summary>
    /// The space of stacked observations: images get as many times the planes, vectors as many times the components. Each observation of the
    /// space within is one frame of <see cref="ObservationFormat.Stack"/>, also where it is a stack itself.
    /// </summary>
    /// <param name="space">Space of the observations within.</param>
    /// <param name="stackSize">Observations in a stack, at least 1.</param>
    /// <exception cref="EnvironmentException">The space is no box, or the size is below 1 or too large.</exception>
    public static BoxSpace SpaceOf(Space space, int stackSize)
    {
        BoxSpace frame = WrapperChecks.RequireBox(Name, space);
        WrapperChecks.RequireAtLeast(Name, "stack_size", stackSize, 1);
        if ((long)frame.Size * stackSize > Array.MaxLength)
        {
            throw new EnvironmentException($"wrapper {Name}: {stackSize} observations of {frame.Size} components are too many to stack: lower stack_size");
        }

        PlaneShape shape = frame.Format.Shape;
        return new BoxSpace(
            [.. Enumerable.Repeat(frame.Low, stackSize).SelectMany(bounds => bounds)],
            [.. Enumerable.Repeat(frame.High, stackSize).SelectMany(bounds => bounds)],
            frame.Format.Type,
            stackSize,
            shape with { Planes = shape.Planes * stackSize });
    }

    /// <summary>
    /// The space where steps of the stack within are left out: the stacks have the same components, but none begins with the frames that the
    /// one before ended with, so that they are no longer stacks to who would keep each frame once.
    /// </summary>
    /// <param name="space">Space of the observations within.</param>
    /// <param name="skip">Steps within for each one outside.</param>
    public static Space Unstacked(Space space, int skip) => space is BoxSpace { Format: { Stack: > 1 } format } box && skip > 1
        ? new BoxSpace(box.Low, box.High, format.Type, stack: 1, format.Shape)
        : space;
}
