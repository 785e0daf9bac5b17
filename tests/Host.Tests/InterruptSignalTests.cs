using System.Diagnostics;

namespace DqnAkka.Host.Tests;

public sealed class InterruptSignalTests
{
    [Fact]
    public async Task A_terminal_that_is_closed_cancels_instead_of_ending_the_process()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent by kill");
        Assert.SkipWhen(IsHangupIgnored(), "under nohup a process is not to hear of its terminal's end");
        using InterruptSignal signal = new();
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = signal.Token.Register(cancelled.SetResult);
        using Process kill = Process.Start("kill", ["-HUP", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static bool IsHangupIgnored()
    {
        const ulong Hangup = 1;
        string? mask = File.Exists("/proc/self/status")
            ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            : null;
        return mask is not null && (ulong.Parse(mask["SigIgn:".Length..].Trim(), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture) & Hangup) != 0;
    }
}
