using Akka.TestKit;
using Akka.TestKit.Xunit;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

/// <summary>Where the ranges' state takes longer to come than the server's deadline.</summary>
public sealed class SlowCaptureTests : TestKit
{
    private readonly ServerStage _stage;

    public SlowCaptureTests(ITestOutputHelper output) : base(TestSettings.Synchronous, output: output) => _stage = new ServerStage(this, ServerStage.Options);

    private IReadOnlyList<ParameterServerProtocol.SendParameters> Requests =>
        [.. _stage.Said<ParameterServerProtocol.SendParameters>().Where(request => request.Part == ParameterServerProtocol.RangePart.State)];

    [Fact]
    public void It_is_waited_for_as_long_as_pieces_come_and_asked_for_again_once_none_does()
    {
        _stage.Loses = message => message is ParameterServerProtocol.SendParameters { Part: ParameterServerProtocol.RangePart.State };
        _stage.Start();
        StageWorker worker = _stage.Enter("worker");
        worker.Push(1, _stage.Gradient(1));
        TestProbe finisher = CreateTestProbe();
        _stage.Tell(RunProtocol.FinishTraining.Instance, finisher);

        IReadOnlyList<ParameterRange> ranges = ParameterRange.Cut(_stage.Layout.Length, 3);
        Assert.Equal(3, Requests.Count);
        Piece(0);
        _stage.Seconds(6);
        Assert.Equal(6, Requests.Count);

        // Six seconds in all, of which none is a deadline's.
        Piece(0);
        _stage.Seconds(3);
        Piece(1);
        _stage.Seconds(3);
        Piece(2);

        Assert.Equal(6, Requests.Count);
        Assert.Equal(1, finisher.ExpectMsg<RunProtocol.TrainingFinished>().Learner.Trainer.Updates);

        void Piece(int range)
        {
            byte[] state = new byte[RangeOptimizer.StateVectors * ranges[range].Length * sizeof(float)];
            _stage.Tell(
                new ParameterServerProtocol.Parameters(range, worker.Epoch, 1, 0, ParameterServerProtocol.RangePart.State, Requests.Count, state.Length, 0, state), TestActor);
        }
    }
}
