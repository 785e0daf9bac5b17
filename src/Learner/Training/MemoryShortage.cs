using System.Runtime.InteropServices;

namespace DqnAkka.Learner;

/// <summary>Want of memory, on the host or on a device, told so that the user knows what to make smaller.</summary>
public static class MemoryShortage
{
    // What libtorch's allocators say: c10's of the CPU (two wordings), and CUDA's.
    private static readonly string[] Messages = ["not enough memory", "can't allocate memory", "out of memory"];

    /// <summary>Whether an exception, or what caused it, is want of memory.</summary>
    public static bool IsCause(Exception? exception) => exception switch
    {
        null => false,
        OutOfMemoryException => true,
        ExternalException when Messages.Any(message => exception.Message.Contains(message, StringComparison.OrdinalIgnoreCase)) => true,
        _ => IsCause(exception.InnerException),
    };

    /// <summary>One line that says what did not fit.</summary>
    /// <param name="layout">The network.</param>
    /// <param name="options">The batch.</param>
    /// <param name="device">The device's name.</param>
    /// <param name="exception">What was thrown.</param>
    public static LearnerException Describe(NetworkLayout layout, LearnerOptions options, string device, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        return new LearnerException(
            $"out of memory on {device}: a batch of {options.BatchSize} rows and the network {layout.Description} of {layout.ParameterCount} parameters do not fit: lower dqn.learner.batch-size or the network's size",
            exception)
        { IsFinal = true };
    }
}
