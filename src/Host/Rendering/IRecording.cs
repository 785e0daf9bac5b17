using DqnAkka.Environments;

namespace DqnAkka.Host;

/// <summary>Makes a file of the frames of episodes, as they come.</summary>
internal interface IRecording
{
    /// <summary>Frames that are in the file.</summary>
    int Frames { get; }

    /// <summary>Adds a frame.</summary>
    /// <param name="frame">The frame; may change afterwards.</param>
    /// <param name="isLast">Whether its episode ends with it.</param>
    void Add(RgbImage frame, bool isLast);

    /// <summary>Writes what is left.</summary>
    void Complete();
}
