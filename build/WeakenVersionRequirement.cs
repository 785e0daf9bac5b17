using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Marks one symbol-version requirement of 64-bit little-endian ELF files as weak, so that the dynamic loader
/// warns about nothing and goes on where the version is missing. A file without exactly one such requirement is left alone.
/// </summary>
public sealed class WeakenVersionRequirement : Task
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const ushort WeakFlag = 0x2;

    [Required]
    public ITaskItem[] Files { get; set; }

    [Required]
    public string VersionName { get; set; }

    public override bool Execute()
    {
        foreach (ITaskItem item in Files)
        {
            Weaken(item.GetMetadata("FullPath"));
        }

        return !Log.HasLoggedErrors;
    }

    private void Weaken(string path)
    {
        byte[] image = File.ReadAllBytes(path);
        int found = 0;
        int flagsOffset = FindFlags(image, ref found);
        if (found != 1)
        {
            Log.LogMessage(MessageImportance.Low, "{0}: {1} requirements of {2}, nothing to do", path, found, VersionName);
            return;
        }

        ushort flags = BitConverter.ToUInt16(image, flagsOffset);
        if ((flags & WeakFlag) != 0)
        {
            return;
        }

        image[flagsOffset] = (byte)(flags | WeakFlag);
        // A new file takes the name, so that a hard link to the package cache is cut and never written through.
        string temporary = path + ".weak";
        File.WriteAllBytes(temporary, image);
        // The package's own time stamp tells the next build's copy step that the file is up to date.
        File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(path));
        File.Delete(path);
        File.Move(temporary, path);
        Log.LogMessage(MessageImportance.Normal, "{0}: the requirement of {1} is weak now", path, VersionName);
    }

    private int FindFlags(byte[] image, ref int found)
    {
        bool isElf64LittleEndian = image.Length > 64 && image[0] == 0x7f && image[1] == 'E' && image[2] == 'L' && image[3] == 'F' && image[4] == 2 && image[5] == 1;
        if (!isElf64LittleEndian)
        {
            return -1;
        }

        long sections = BitConverter.ToInt64(image, 0x28);
        int sectionSize = BitConverter.ToUInt16(image, 0x3a);
        int sectionCount = BitConverter.ToUInt16(image, 0x3c);
        int flagsOffset = -1;
        for (int s = 0; s < sectionCount; s++)
        {
            int header = checked((int)(sections + (long)s * sectionSize));
            if (BitConverter.ToUInt32(image, header + 4) != SectionTypeVersionNeeds)
            {
                continue;
            }

            int needs = checked((int)BitConverter.ToInt64(image, header + 0x18));
            int stringsHeader = checked((int)(sections + (long)BitConverter.ToUInt32(image, header + 0x28) * sectionSize));
            int strings = checked((int)BitConverter.ToInt64(image, stringsHeader + 0x18));
            uint needCount = BitConverter.ToUInt32(image, header + 0x2c);
            for (uint n = 0; n < needCount; n++)
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

                needs = checked(needs + (int)BitConverter.ToUInt32(image, needs + 12));
            }
        }

        return flagsOffset;
    }

    private static string ReadString(byte[] image, int offset)
    {
        int end = Array.IndexOf(image, (byte)0, offset);
        return Encoding.ASCII.GetString(image, offset, end - offset);
    }
}
