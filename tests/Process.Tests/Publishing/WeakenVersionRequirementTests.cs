namespace DqnAkka.Process.Tests;

/// <summary>The build's own task that lets the library load where libstdc++ is older: it marks what it knows and leaves all else alone.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class WeakenVersionRequirementTests
{
    private const string Version = "GLIBCXX_3.4.32";

    [Fact]
    public async Task Exactly_the_one_requirement_is_marked_and_no_other_file_is_touched()
    {
        Assert.SkipWhen(SdkProcess.Absence() is not null, SdkProcess.Absence() ?? "");
        using TemporaryFolder folder = new();
        byte[] plain = ElfImage.Make(["GLIBCXX_3.4.21", Version, "GLIBCXX_3.4.29"], out int[] flags);
        byte[] expected = [.. plain];
        expected[flags[1]] = 2;
        Dictionary<string, byte[]> files = new()
        {
            ["plain"] = plain,
            ["marked"] = expected,
            ["absent"] = ElfImage.Make(["GLIBCXX_3.4.21", "GLIBCXX_3.4.320"], out _),
            ["twice"] = ElfImage.Make([Version, Version], out _),
            ["cut"] = plain[..^70],
            ["astray"] = WithByte(plain, 0x2f, 0x7f),
            ["short"] = plain[..20],
            ["narrow"] = WithByte(plain, 4, 1),
            ["text"] = "not a library at all"u8.ToArray(),
            ["empty"] = [],
        };
        foreach ((string name, byte[] content) in files)
        {
            await File.WriteAllBytesAsync(folder.Combine(name), content, TestContext.Current.CancellationToken);
        }

        DateTime written = new(2026, 5, 7, 8, 9, 10, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(folder.Combine("plain"), written);
        await RunAsync(folder, [.. files.Keys], copy: "plain");

        byte[] Read(params string[] name) => File.ReadAllBytes(folder.Combine(name));
        Assert.Equal(expected, Read("plain"));
        Assert.Equal(written, File.GetLastWriteTimeUtc(folder.Combine("plain")));
        Assert.All(files.Keys.Where(name => name != "plain"), name => Assert.Equal(files[name], Read(name)));
        // What a publish does: the copy is marked, and where it came from stays as it was.
        Assert.Equal(plain, Read("source"));
        Assert.Equal(expected, Read("new", "folder", "copy"));
        Assert.Equal(files["text"], Read("new", "text"));
        Assert.Empty(Directory.GetFiles(folder.Root, "*.weak", SearchOption.AllDirectories));
    }

    private static byte[] WithByte(byte[] image, int at, byte value)
    {
        byte[] changed = [.. image];
        changed[at] = value;
        return changed;
    }

    private static async Task RunAsync(TemporaryFolder folder, string[] names, string copy)
    {
        File.Copy(folder.Combine(copy), folder.Combine("source"));
        string targets = Path.Combine(SdkProcess.RepositoryRoot, "build", "WeakenGlibcxxRequirement.targets");
        string project = folder.Combine("weaken.proj");
        await File.WriteAllTextAsync(
            project,
            $"""
            <Project>
              <Import Project="{targets}" />
              <Target Name="Weaken">
                <WeakenVersionRequirement Files="{string.Join(';', names)}" VersionName="{Version}" />
                <WeakenVersionRequirement Files="source;text" DestinationFiles="new/folder/copy;new/text" VersionName="{Version}" />
              </Target>
            </Project>
            """);
        await SdkProcess.RunAsync("msbuild", project, "-t:Weaken");
    }
}
