using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>An animation; the last frame of each episode stays for a second.</summary>
/// <param name="stream">Where to.</param>
/// <param name="size">Size of the frames.</param>
/// <param name="framesPerSecond">How fast it plays, 1 to 50: players take shorter delays for long ones.</param>
internal sealed class GifRecording(Stream stream, ImageSize size, int framesPerSecond) : IRecording
{
    private const int Hundredths = 100;
    private readonly GifWriter _writer = new(stream, size);
    private long _added;

    /// <inheritdoc />
    public int Frames => _writer.Frames;

    /// <inheritdoc />
    public void Add(RgbImage frame, bool isLast)
    {
        // Delays are whole hundredths: each frame begins at the one that is nearest, so that nothing adds up.
        long begin = _added * Hundredths / framesPerSecond;
        long end = ++_added * Hundredths / framesPerSecond;
        _writer.Write(frame, (int)(end - begin) + (isLast ? Hundredths : 0));
    }

    /// <inheritdoc />
    public void Complete() => _writer.Complete();
}
