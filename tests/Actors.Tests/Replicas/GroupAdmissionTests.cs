using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class GroupAdmissionTests(ITestOutputHelper output) : TestKit(TestSettings.Synchronous, output: output)
{
    private static readonly TrainerState State = new()
    {
        Updates = 7,
        Online = new float[16],
        Target = new float[16],
        FirstMoments = new float[16],
        SecondMoments = new float[16],
    };

    [Fact]
    public void One_that_comes_while_the_state_is_underway_to_others_gets_it_as_well_and_the_learner_waits_for_both()
    {
        GroupAdmission admission = new(TestActor);
        TestProbe first = Add(admission);
        admission.Begin(new StateHandover(State));
        ReplicaProtocol.State piece = first.ExpectMsg<ReplicaProtocol.State>();
        Assert.Equal(7, piece.Updates);

        TestProbe second = Add(admission);
        Assert.Equal(piece.Epoch, second.ExpectMsg<ReplicaProtocol.State>().Epoch);

        admission.Take(new ReplicaProtocol.StateReceived(piece.Epoch, piece.Bytes.Length), first);
        Assert.False(admission.IsReady);
        admission.Take(new ReplicaProtocol.StateReceived(piece.Epoch, piece.Bytes.Length), second);
        Assert.True(admission.IsReady);
    }

    private TestProbe Add(GroupAdmission admission)
    {
        TestProbe replica = CreateTestProbe();
        admission.Add(new ReplicaMember(replica, "a replica"));
        return replica;
    }
}
