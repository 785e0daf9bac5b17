using System.Reflection;
using Akka.Actor;
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
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Nothing_runs_on_the_pool_that_heartbeats_share(string path)
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new WhereActor()).WithDispatcher(path));
        actor.Tell("where", TestActor);
        Assert.False(await ExpectMsgAsync<bool>());
    }

    [Fact]
    public async Task An_actor_on_the_common_pool_would_be_seen()
    {
        IActorRef actor = Sys.ActorOf(Props.Create(() => new WhereActor()).WithDispatcher("akka.actor.default-dispatcher"));
        actor.Tell("where", TestActor);
        Assert.True(await ExpectMsgAsync<bool>());
    }

    [Fact]
    public void There_are_eight() => Assert.Equal(8, Paths.Count);

    internal sealed class WhereActor : ReceiveActor
    {
        public WhereActor() => Receive<string>(_ => Sender.Tell(Thread.CurrentThread.IsThreadPoolThread));
    }
}
