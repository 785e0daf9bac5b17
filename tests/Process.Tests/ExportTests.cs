using DqnAkka.Actors;
using DqnAkka.Environments;
using DqnAkka.Learner;
using Microsoft.ML.OnnxRuntime;

namespace DqnAkka.Process.Tests;

/// <summary>A policy that was trained by the program is played by another's runtime.</summary>
public sealed class ExportTests
{
    private const int Episodes = 50;
    private const ulong Seed = 77;

    [Fact]
    public async Task An_exported_policy_balances_the_pole_in_ONNX_Runtime_as_well_as_eval_says()
    {
        using TemporaryFolder folder = new();
        HostResult training = await HostProcess.RunAsync(folder.Root, "train", "--run-dir", "run");
        Assert.True(training.ExitCode == 0, training.Error);
        HostResult evaluation = await HostProcess.RunAsync(folder.Root, "eval", "run", "--episodes", $"{Episodes}", "--seed", $"{Seed}");
        Assert.True(evaluation.ExitCode == 0, evaluation.Error);

        foreach (string format in (string[])["onnx", "safetensors"])
        {
            string file = folder.Combine($"policy.{format}");
            HostResult export = await HostProcess.RunAsync(folder.Root, "export", "run", "--format", format, "--output", file);
            Assert.True(export.ExitCode == 0, export.Error);
            // The folder may lie behind a link.
            Assert.EndsWith($"policy.{format}, {new FileInfo(file).Length} bytes", Assert.Single(export.Lines), StringComparison.Ordinal);
            Assert.StartsWith("the policy 4-64-64-2 relu of CartPole-v1 is in ", export.Output, StringComparison.Ordinal);
        }

        using OnnxPolicy policy = new(folder.Combine("policy.onnx"));
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(new EnvironmentSpecification { Id = "CartPole-v1" }, Episodes);
        IReadOnlyList<double> returns = new GreedyEvaluation(environment, policy.GreedyActions)
            .Run(Seed, SeedStreams.EvaluationCommand, TestContext.Current.CancellationToken);

        // The same to a hair: where two actions are worth the same to the last bits, other sums may choose the other one.
        Assert.Equal(EvaluationLines.Mean(Assert.Single(evaluation.Lines)), returns.Average(), 5.0);
        Assert.True(returns.Average() >= 450, string.Join(' ', returns));
    }

    /// <summary>Plays what an ONNX file says.</summary>
    private sealed class OnnxPolicy : IDisposable
    {
        private readonly SessionOptions _options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        private readonly InferenceSession _session;

        public OnnxPolicy(string file) => _session = new InferenceSession(file, _options);

        public void GreedyActions(ReadOnlySpan<float> observations, int count, Span<int> actions)
        {
            float[] copy = observations.ToArray();
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(copy, [count, copy.Length / count]);
            using Microsoft.ML.OnnxRuntime.RunOptions run = new();
            using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(run, ["observation"], [input], ["action"]);
            ReadOnlySpan<long> chosen = results[0].GetTensorDataAsSpan<long>();
            for (int i = 0; i < count; i++)
            {
                actions[i] = (int)chosen[i];
            }
        }

        public void Dispose()
        {
            _session.Dispose();
            _options.Dispose();
        }
    }
}
