using System.Buffers.Binary;
using System.Text;

namespace DqnAkka.Process.Tests;

/// <summary>A 64-bit ELF file that is nothing but a section of version requirements and the strings that it refers to.</summary>
internal static class ElfImage
{
    private const int HeaderLength = 64;
    private const int SectionHeaderLength = 64;
    private const int EntryLength = 16;
    private const uint VersionNeeds = 0x6ffffffe;
    private const uint StringTable = 3;

    /// <summary>Makes one whose only library needs those versions, none of them weak.</summary>
    /// <param name="versions">Their names, in order.</param>
    /// <param name="flagsOffsets">Where the file holds the flags of each.</param>
    public static byte[] Make(string[] versions, out int[] flagsOffsets)
    {
        byte[] strings = Encoding.ASCII.GetBytes($"\0{string.Join('\0', versions)}\0");
        int needs = HeaderLength;
        int stringsAt = needs + (EntryLength * (1 + versions.Length));
        int sections = stringsAt + strings.Length;
        byte[] image = new byte[sections + (2 * SectionHeaderLength)];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(image, 0);
        Write64(image, 0x28, sections);
        Write16(image, 0x3a, SectionHeaderLength);
        Write16(image, 0x3c, 2);

        Write16(image, needs, 1);
        Write16(image, needs + 2, versions.Length);
        Write32(image, needs + 8, EntryLength);
        flagsOffsets = new int[versions.Length];
        int name = 1;
        for (int i = 0; i < versions.Length; i++)
        {
            int entry = needs + (EntryLength * (1 + i));
            flagsOffsets[i] = entry + 4;
            Write32(image, entry + 8, (uint)name);
            Write32(image, entry + 12, i + 1 < versions.Length ? (uint)EntryLength : 0);
            name += versions[i].Length + 1;
        }

        strings.CopyTo(image, stringsAt);
        WriteSection(image, sections, VersionNeeds, needs, link: 1, entries: 1);
        WriteSection(image, sections + SectionHeaderLength, StringTable, stringsAt, link: 0, entries: 0);
        return image;
    }

    private static void WriteSection(byte[] image, int at, uint type, int offset, uint link, uint entries)
    {
        Write32(image, at + 4, type);
        Write64(image, at + 0x18, offset);
        Write32(image, at + 0x28, link);
        Write32(image, at + 0x2c, entries);
    }

    private static void Write16(byte[] image, int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at), (ushort)value);

    private static void Write32(byte[] image, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at), value);

    private static void Write64(byte[] image, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(at), value);
}
