namespace DqnAkka.Learner;

/// <summary>Which transition leaves a full replay buffer for the next one.</summary>
public enum RemovalKind
{
    /// <summary>The oldest: first in, first out.</summary>
    Fifo,

    /// <summary>The one with the lowest priority; needs prioritised sampling.</summary>
    LowestPriority,
}
