namespace DqnAkka.Actors;

/// <summary>Who has asked replay shards for transitions and waits for their replies.</summary>
internal interface ISampleRequests
{
    /// <summary>Whether a request has not been answered in full, nor given up.</summary>
    /// <param name="number">Number of the request.</param>
    bool IsAwaited(long number);

    /// <summary>What is wrong with the number of transitions in a reply: one line, or null.</summary>
    /// <param name="reply">The reply.</param>
    string? FaultOfCount(ReplayProtocol.SampleReply reply);
}
