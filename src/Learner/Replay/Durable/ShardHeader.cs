using System.Runtime.InteropServices;
using System.Text;

namespace DqnAkka.Learner;

/// <summary>The first page of a shard's file: what kind of file it is, and its schema.</summary>
internal static unsafe class ShardHeader
{
    /// <summary>Bytes of the page.</summary>
    public const int Bytes = 4_096;

    /// <summary>Stands for whatever shard the file is of.</summary>
    public const int AnyShard = -1;

    /// <summary>What every file begins with, the bytes "DQNSHARD".</summary>
    public static readonly ulong Magic = MemoryMarshal.Read<ulong>("DQNSHARD"u8);

    // Counts up with every change of what lies where.
    private const int Version = 3;

    private static readonly int MaxSchemaBytes = Bytes - sizeof(Fields);

    /// <summary>Writes the page.</summary>
    /// <param name="page">The page, zero.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="shard">The shard's index.</param>
    /// <param name="fileLength">Bytes of the file.</param>
    public static void Write(byte* page, ShardSchema schema, int shard, long fileLength)
    {
        byte[] text = Encoding.UTF8.GetBytes(schema.ToString());
        if (text.Length > MaxSchemaBytes)
        {
            throw new ArgumentException($"a schema of {text.Length} bytes does not fit a page", nameof(schema));
        }

        Fields* fields = (Fields*)page;
        fields->Version = Version;
        fields->SchemaBytes = text.Length;
        fields->Shard = shard;
        fields->FileLength = fileLength;
        text.CopyTo(new Span<byte>(page + sizeof(Fields), text.Length));
        fields->Checksum = ChecksumOf(page);
        fields->Magic = Magic;
    }

    /// <summary>Reads the page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="shard">The index of the shard whose file it should be, or <see cref="AnyShard"/>.</param>
    /// <param name="fileLength">Bytes of the file.</param>
    /// <param name="fault">What is wrong with it, in words that complete "it …"; empty where nothing is.</param>
    /// <returns>The schema, or null.</returns>
    public static ShardSchema? Read(byte* page, int shard, long fileLength, out string fault)
    {
        Fields* fields = (Fields*)page;
        fault = fields->Magic != Magic ? "is no file of a replay shard"
            : fields->Version != Version ? $"was written by another version (layout {fields->Version} there, {Version} here)"
            : fields->Checksum != ChecksumOf(page) || (uint)fields->SchemaBytes > MaxSchemaBytes ? "has a damaged header"
            : shard != AnyShard && fields->Shard != shard ? $"is the file of shard {fields->Shard}"
            : fields->FileLength != fileLength ? $"is {fileLength} bytes long and should be {fields->FileLength}"
            : "";
        if (fault.Length > 0)
        {
            return null;
        }

        try
        {
            ShardSchema? schema = ShardSchema.Parse(Encoding.UTF8.GetString(page + sizeof(Fields), fields->SchemaBytes));
            fault = schema is null ? "has a damaged header"
                : ShardFile.LengthFor(schema.Plan.RegionBytes) != fileLength ? "was laid out by another version"
                : "";
            return fault.Length == 0 ? schema : null;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException)
        {
            fault = $"has a header that is none of a replay shard ({exception.Message.ReplaceLineEndings(" ").TrimEnd('.')})";
            return null;
        }
    }

    // Over everything behind the checksum; the magic stands before it.
    private static uint ChecksumOf(byte* page)
    {
        int first = (int)Marshal.OffsetOf<Fields>(nameof(Fields.Version));
        return Checksums.Of(new ReadOnlySpan<byte>(page + first, Bytes - first));
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Fields
    {
        public ulong Magic;
        public uint Checksum;
        public int Version;
        public int SchemaBytes;
        public int Shard;
        public long FileLength;
    }
}
