using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit;

namespace DqnAkka.Actors.Tests;

/// <summary>In real time: a sample request without an answer is given up after five seconds.</summary>
public sealed class LearnerDeadlineTests(ITestOutputHelper output) : TestKit(TestSettings.Local, output: output)
{
    [Fact]
    public async Task Requests_without_an_answer_are_given_up_and_asked_again_outside_the_account()
    {
        TestProbe region = CreateTestProbe();
        TestProbe progress = CreateTestProbe();
        TrainingOptions options = Make.Options() with { Replay = Make.Options().Replay with { Shards = 1 } };
        LearnerLinks links = new(region, CreateTestProbe(), CreateTestProbe(), CreateTestProbe(), progress, () => null);
        IActorRef learner = Sys.ActorOf(LearnerActor.CreateProps(Make.Layout(options), options, links));
        learner.Tell(Make.State(0, 500));
        ReplayProtocol.SampleRequest first = await region.FishForMessageAsync<ReplayProtocol.SampleRequest>(_ => true);

        // Two deadlines lie so close together that one look at them sees both as a rule, but need not.
        int givenUp = 0;
        while (givenUp < 2)
        {
            ProgressProtocol.Notice notice = await progress.FishForMessageAsync<ProgressProtocol.Notice>(_ => true, TimeSpan.FromSeconds(20));
            Assert.Contains("sample requests had no answer within 5 s", notice.Message, StringComparison.Ordinal);
            givenUp += int.Parse(notice.Message.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        }

        Assert.Equal(2, givenUp);
        ProgressProtocol.LearnerReport report = await progress.FishForMessageAsync<ProgressProtocol.LearnerReport>(_ => true);
        Assert.Equal(0, report.Samples);

        learner.Tell(Make.State(0, 501));
        ReplayProtocol.SampleRequest again = await region.FishForMessageAsync<ReplayProtocol.SampleRequest>(request => request.Request > first.Request + 1);
        learner.Tell(new ReplayProtocol.SampleReply(first.Request, Make.Sampled(8), Make.State(0, 501)));
        learner.Tell(new ReplayProtocol.SampleReply(again.Request, Make.Sampled(8), Make.State(0, 501)));
        learner.Tell(RunProtocol.FinishTraining.Instance, TestActor);
        RunProtocol.TrainingFinished finished = await ExpectMsgAsync<RunProtocol.TrainingFinished>();
        Assert.Equal(2, finished.Learner.Trainer.Updates);
    }
}
