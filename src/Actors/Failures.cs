using System.Runtime.InteropServices;
using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>How an exception is told to a user.</summary>
internal static class Failures
{
    /// <summary>One line: the innermost message that says what happened, with the exception's type where it is not one of ours.</summary>
    public static string Describe(Exception? exception)
    {
        // An actor's constructor that throws arrives as a TypeLoadException of Akka's around the cause.
        while (exception is ActorInitializationException or System.Reflection.TargetInvocationException or TypeLoadException or AggregateException
            && exception.InnerException is not null)
        {
            exception = exception.InnerException;
        }

        if (exception is null)
        {
            return "it stopped without an error";
        }

        bool isOurs = exception is Environments.EnvironmentException or FragmentSourceException or FragmentRefusedException
            or Learner.LearnerException or Learner.CheckpointException or Learner.ReplayFileException or Learner.ReplayMemoryException;
        // libtorch's errors come with its native frames, one a line, which help nobody.
        string told = exception is ExternalException ? exception.Message.Split('\n')[0].TrimEnd() : exception.Message;
        string message = told.ReplaceLineEndings(" ");
        return isOurs ? message : $"{exception.GetType().Name}: {message}";
    }
}
