namespace DqnAkka.Learner;

/// <summary>How the episode stood after a transition's last step (Gymnasium's two flags).</summary>
[Flags]
public enum EpisodeEnd
{
    /// <summary>It goes on.</summary>
    None = 0,

    /// <summary>It reached a terminal state.</summary>
    Terminated = 1,

    /// <summary>It was cut, as by a time limit.</summary>
    Truncated = 2,
}
