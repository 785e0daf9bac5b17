using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace DqnAkka.Learner.Tests;

/// <summary>The kernels on processors with narrower vectors: the runtime is told to see no wider ones, in a process of its own.</summary>
public sealed class NarrowVectorTests
{
    // Said by the parent, so that a runtime that no longer knows the variable is noticed.
    private const string WidthVariable = "DQN_TEST_VECTOR_BITS";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    public async Task Gradients_and_values_agree_on_narrow_vectors(string disabled, int bits)
    {
        Assert.SkipUnless(Vector256.IsHardwareAccelerated, "this processor's vectors are narrow themselves");
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(NarrowVectorTests).Assembly.Location);
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"*.{nameof(GradientAgreementTests)}.*");
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"*.{nameof(Vectors_are_as_wide_as_the_parent_process_asked_for)}");
        start.Environment[disabled] = "0";
        start.Environment[WidthVariable] = $"{bits}";
        using Process process = Process.Start(start)!;
        try
        {
            using CancellationTokenSource limit = new(Limit);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, output);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [Fact]
    public void Vectors_are_as_wide_as_the_parent_process_asked_for()
    {
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        string asked = Environment.GetEnvironmentVariable(WidthVariable) ?? $"{bits}";
        Assert.Equal(asked, $"{bits}");
    }
}
