using System.Reflection;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

public sealed class DispatchersTests(ITestOutputHelper output) : TestKit(TestSettings.Local, output: output)
{
    public static TheoryData<string> Paths => [.. typeof(Dispatchers).GetFields(BindingFlags.Public | BindingFlags.Static).Select(path => (string)path.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_dispatcher_is_in_the_settings_and_has_threads_of_its_own(string path)
    {
        Assert.True(Sys.Dispatchers.HasDispatcher(path));
        Assert.Equal(path, Sys.Dispatchers.Lookup(path).Id);
        Assert.True(Sys.Settings.Config.GetString($"{path}.type") is "PinnedDispatcher" or "ForkJoinDispatcher");
    }

    [Fact]
    public void There_are_five() => Assert.Equal(5, Paths.Count);
}
