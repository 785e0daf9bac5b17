namespace DqnAkka.Environments;

/// <summary>A task that its table defines completely, and what it looks like. Shared by all copies of an environment.</summary>
/// <param name="table">The table.</param>
/// <param name="renderSize">The size at which a picture of it looks best.</param>
internal abstract class TabularTask(TransitionTable table, ImageSize renderSize)
{
    /// <summary>The table.</summary>
    public TransitionTable Table { get; } = table;

    /// <summary>The state's index as one-hot vectors.</summary>
    public BoxSpace ObservationSpace { get; } = new(
        new float[table.StateCount], [.. Enumerable.Repeat(1f, table.StateCount)], ObservationType.Boolean);

    /// <summary>The size at which a picture of it looks best.</summary>
    public ImageSize RenderSize { get; } = renderSize;

    /// <summary>Draws a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="canvas">Receives the picture.</param>
    public abstract void Draw(int state, Canvas canvas);
}
