namespace DqnAkka.Actors;

/// <summary>Limits and version of the binary codec.</summary>
public static class WireFormat
{
    /// <summary>Nodes of another major version are refused at join.</summary>
    public const int Major = 3;

    /// <summary>Messages of a newer minor version that are not known are skipped and counted.</summary>
    public const int Minor = 0;

    /// <summary>Longest frame, in bytes, its header included: longer ones fall into the large-object heap and hold up heartbeats.</summary>
    public const int MaxFrameBytes = 64_000;

    /// <summary>Longest piece of a message that is longer than one frame; what remains of the frame says which piece it is.</summary>
    public const int MaxPartBytes = 63_900;

    /// <summary>Most pieces of one message.</summary>
    public const int MaxParts = 65_536;

    /// <summary>Most components of one observation.</summary>
    public const int MaxObservationSize = 1 << 24;

    /// <summary>Longest address, role, key or other name, in UTF-8 bytes. A longer one is a mistake of the sender's.</summary>
    public const int MaxNameBytes = 300;

    /// <summary>Longest value of a configuration key, in UTF-8 bytes.</summary>
    public const int MaxValueBytes = 4_096;

    /// <summary>Longest line of text for people, in UTF-8 bytes; a longer one is cut.</summary>
    public const int MaxTextBytes = 2_048;
}
