namespace DqnAkka.Actors.Tests;

public sealed class RunIdentityTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dqn-identity-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_run_keeps_its_number_and_another_has_another()
    {
        long first = RunIdentity.ReadOrMake(_directory);
        string other = Directory.CreateDirectory(Path.Combine(_directory, "other")).FullName;
        Assert.NotEqual(0, first);
        Assert.Equal(first, RunIdentity.ReadOrMake(_directory));
        Assert.NotEqual(first, RunIdentity.ReadOrMake(other));
    }

    [Fact]
    public void A_run_without_a_folder_has_none_and_a_file_that_holds_none_is_made_anew()
    {
        Assert.Equal(0, RunIdentity.ReadOrMake(""));
        File.WriteAllText(Path.Combine(_directory, "run-id"), "nonsense");
        Assert.NotEqual(0, RunIdentity.ReadOrMake(_directory));
    }
}
