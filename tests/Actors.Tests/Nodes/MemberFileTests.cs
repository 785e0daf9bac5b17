namespace DqnAkka.Actors.Tests;

public sealed class MemberFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dqn-members-").FullName;
    private readonly List<string> _lines = [];
    private readonly MemberFile _file;

    public MemberFileTests() => _file = new MemberFile(_directory, "here:1", _lines.Add);

    private string FilePath => Path.Combine(_directory, "members-here:1");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_is_written_is_read_and_replaced_whole()
    {
        Assert.Empty(_file.Read());
        _file.Write(["a:1", "b:2"]);
        Assert.Equal(["a:1", "b:2"], _file.Read());
        _file.Write(["c:3"]);
        Assert.Equal(["c:3"], _file.Read());
        _file.Write([]);
        Assert.Empty(_file.Read());
        Assert.Equal([FilePath], Directory.GetFiles(_directory));
        Assert.Empty(_lines);
    }

    [Fact]
    public void What_other_nodes_have_noted_in_the_same_folder_counts_too()
    {
        _file.Write(["a:1", "b:2"]);
        new MemberFile(_directory, "there:2", _lines.Add).Write(["b:2", "c:3"]);
        _file.Write([]);

        Assert.Equal(["b:2", "c:3"], _file.Read());
    }

    [Theory]
    [InlineData("a:1\nsomething else\n")]
    [InlineData("\0\0\0")]
    [InlineData("a:1\n\nb:2")]
    public void Content_that_is_something_else_is_ignored_with_one_line(string content)
    {
        File.WriteAllText(FilePath, content);
        Assert.Empty(_file.Read());
        Assert.StartsWith($"{FilePath} holds something else than one host:port a line", Assert.Single(_lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_line()
    {
        MemberFile lost = new(Path.Combine(_directory, "gone"), "here:1", _lines.Add);
        lost.Write(["a:1"]);
        Assert.Contains("cannot be written", Assert.Single(_lines), StringComparison.Ordinal);
    }
}
