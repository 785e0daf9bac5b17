namespace DqnAkka.Environments;

/// <summary>Which errors of the child process end the run's use of it, and which only its life.</summary>
internal static class BridgeFailures
{
    // It did not understand what was said to it, which says nothing of the environment.
    private const string Protocol = "protocol";

    /// <summary>What to throw: an environment that raises, or cannot be made, would do so again in another process.</summary>
    /// <param name="setup">The environment.</param>
    /// <param name="error">What the process says.</param>
    public static Exception Translate(GymnasiumSetup setup, BridgeErrorException error) => error.Kind == Protocol
        ? new BridgeLostException($"the Python process of environment {setup.Name} did not understand a request: {error.Message}", error)
        : new EnvironmentException(
            error.Message.Contains(setup.Specification.Id, StringComparison.Ordinal) ? error.Message : $"environment {setup.Name}: {error.Message}", error);
}
