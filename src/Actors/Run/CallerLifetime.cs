using Microsoft.Extensions.Hosting;

namespace DqnAkka.Actors;

/// <summary>
/// Leaves signals to the caller. The host's default stops the actor system at Ctrl-C, under a run that still has a checkpoint to write.
/// </summary>
internal sealed class CallerLifetime : IHostLifetime
{
    /// <inheritdoc />
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
