using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Marks one symbol-version requirement of 64-bit little-endian ELF files as weak, so that the dynamic loader goes on where the version is
/// missing. A file without exactly one such requirement, or that is no such ELF file, is left as it is. No file is ever written in place: a
/// copy takes the name, so that what is linked to it, the package cache above all, stays untouched.
/// </summary>
public sealed class WeakenVersionRequirement : Task
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort WeakFlag = 0x2;
    private const int NotFound = -1;

    [Required]
    public ITaskItem[] Files { get; set; }

    [Required]
    public string VersionName { get; set; }

    /// <summary>Where each result goes; without it the files themselves are replaced.</summary>
    public ITaskItem[] DestinationFiles { get; set; }

    public override bool Execute()
    {
        for (int i = 0; i < Files.Length; i++)
        {
            string source = Files[i].GetMetadata("FullPath");
            Weaken(source, DestinationFiles == null ? source : DestinationFiles[i].GetMetadata("FullPath"));
        }

        return !Log.HasLoggedErrors;
    }

    private void Weaken(string source, string destination)
    {
        byte[] image = File.ReadAllBytes(source);
        bool isChanged = Mark(source, image);
        if (!isChanged && source == destination)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(destination));
        string temporary = destination + ".weak";
        File.WriteAllBytes(temporary, image);
        // The package's own time stamp tells the next build's copy step that the file is up to date.
        File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(source));
        File.Delete(destination);
        File.Move(temporary, destination);
    }

    private bool Mark(string source, byte[] image)
    {
        int found = 0;
        int flagsOffset = NotFound;
        try
        {
            flagsOffset = FindFlags(image, ref found);
        }
        catch (Exception exception) when (exception is ArgumentException || exception is IndexOutOfRangeException || exception is OverflowException)
        {
            Log.LogMessage(MessageImportance.Low, "{0}: its sections are not where its header says, nothing to do", source);
            return false;
        }

        if (found != 1)
        {
            Log.LogMessage(MessageImportance.Low, "{0}: {1} requirements of {2}, nothing to do", source, found, VersionName);
            return false;
        }

        ushort flags = BitConverter.ToUInt16(image, flagsOffset);
        if ((flags & WeakFlag) != 0)
        {
            return false;
        }

        image[flagsOffset] = (byte)(flags | WeakFlag);
        Log.LogMessage(MessageImportance.Normal, "{0}: the requirement of {1} is weak now", source, VersionName);
        return true;
    }

    /// <summary>The offset of vna_flags of the last auxiliary entry of that name, and how many there are.</summary>
    private int FindFlags(byte[] image, ref int found)
    {
        bool isElf64LittleEndian = image.Length > 64 && image[0] == 0x7f && image[1] == 'E' && image[2] == 'L' && image[3] == 'F' && image[4] == 2 && image[5] == 1;
        if (!isElf64LittleEndian)
        {
            return NotFound;
        }

        long sections = BitConverter.ToInt64(image, 0x28);
        int sectionSize = BitConverter.ToUInt16(image, 0x3a);
        int sectionCount = BitConverter.ToUInt16(image, 0x3c);
        int flagsOffset = NotFound;
        for (int s = 0; s < sectionCount; s++)
        {
            int header = checked((int)(sections + (long)s * sectionSize));
            if (BitConverter.ToUInt32(image, header + 4) == SectionTypeVersionNeeds)
            {
                int stringsHeader = checked((int)(sections + (long)BitConverter.ToUInt32(image, header + 0x28) * sectionSize));
                int strings = checked((int)BitConverter.ToInt64(image, stringsHeader + 0x18));
                FindFlags(image, checked((int)BitConverter.ToInt64(image, header + 0x18)), strings, ref flagsOffset, ref found);
            }
        }

        return flagsOffset;
    }

    private void FindFlags(byte[] image, int needs, int strings, ref int flagsOffset, ref int found)
    {
        for (uint next = uint.MaxValue; next != 0; needs = checked(needs + (int)next))
        {
            int auxiliaryCount = BitConverter.ToUInt16(image, needs + 2);
            int auxiliary = checked(needs + (int)BitConverter.ToUInt32(image, needs + 8));
            for (int a = 0; a < auxiliaryCount; a++)
            {
                if (ReadString(image, checked(strings + (int)BitConverter.ToUInt32(image, auxiliary + 8))) == VersionName)
                {
                    flagsOffset = auxiliary + 4;
                    found++;
                }

                auxiliary = checked(auxiliary + (int)BitConverter.ToUInt32(image, auxiliary + 12));
            }

            next = BitConverter.ToUInt32(image, needs + 12);
        }
    }

    private static string ReadString(byte[] image, int offset)
    {
        int end = Array.IndexOf(image, (byte)0, offset);
        return Encoding.ASCII.GetString(image, offset, end - offset);
    }
}
