using System.Text.Json;

namespace DqnAkka.Process.Tests;

/// <summary>Which libtorch a build takes for each platform: its own, or none; never another's.</summary>
[Collection(OneClusterAtATime.Name)]
public sealed class PlatformLibraryTests
{
    [Theory]
    [InlineData("linux-x64", "cpu", "libtorch-cpu-linux-x64")]
    [InlineData("win-x64", "cpu", "libtorch-cpu-win-x64")]
    [InlineData("osx-arm64", "cpu", "libtorch-cpu-osx-arm64")]
    [InlineData("linux-arm64", "cpu", null)]
    [InlineData("linux-musl-x64", "cpu", null)]
    [InlineData("linux-x64", "none", null)]
    [InlineData("linux-x64", "cuda", "TorchSharp-cuda-linux")]
    [InlineData("linux-arm64", "cuda", null)]
    public async Task A_platform_gets_its_own_libtorch_or_none(string platform, string backend, string? package)
    {
        Assert.SkipWhen(SdkProcess.Absence() is not null, SdkProcess.Absence() ?? "");
        string answer = await SdkProcess.RunAsync(
            "msbuild", "src/Learner/Learner.csproj", "-getItem:PackageReference", "-getProperty:HasTorchLibrary", $"-p:RuntimeIdentifier={platform}", $"-p:TorchBackend={backend}");

        using JsonDocument document = JsonDocument.Parse(answer);
        IEnumerable<string?> packages = document.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString());
        string[] libraries = [.. packages.Where(name => name!.StartsWith("libtorch-", StringComparison.Ordinal) || name.StartsWith("TorchSharp-", StringComparison.Ordinal))!];
        Assert.Equal(package is null ? [] : [package], libraries);
        Assert.Equal(package is null ? "" : "true", document.RootElement.GetProperty("Properties").GetProperty("HasTorchLibrary").GetString());
    }
}
