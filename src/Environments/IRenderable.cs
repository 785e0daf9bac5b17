namespace DqnAkka.Environments;

/// <summary>An environment that can draw what it looks like.</summary>
public interface IRenderable
{
    /// <summary>The size at which it looks best, in pixels; null where this one cannot be drawn (a wrapper around one that does not).</summary>
    ImageSize? RenderSize { get; }

    /// <summary>Draws the present state over the whole canvas, of any size. Only after the first reset; allocates nothing.</summary>
    /// <param name="canvas">Receives the picture; its view is set by the environment.</param>
    /// <exception cref="InvalidOperationException">The environment was never reset, or <see cref="RenderSize"/> is null.</exception>
    void Render(Canvas canvas);
}
