namespace DqnAkka.Actors;

/// <summary>Limits and version of the binary codec.</summary>
public static class WireFormat
{
    /// <summary>Nodes of another major version are refused at join.</summary>
    public const int Major = 1;

    /// <summary>Messages of a newer minor version that are not known are skipped and counted.</summary>
    public const int Minor = 0;

    /// <summary>Longest frame, in bytes, its header included: longer ones fall into the large-object heap and hold up heartbeats.</summary>
    public const int MaxFrameBytes = 64_000;
}
