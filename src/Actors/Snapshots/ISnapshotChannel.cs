namespace DqnAkka.Actors;

/// <summary>What a <see cref="SnapshotBroadcast{TMirror}"/> has done for it.</summary>
/// <typeparam name="TMirror">How a mirror is addressed.</typeparam>
internal interface ISnapshotChannel<in TMirror>
{
    /// <summary>Sends a manifest or chunk to every mirror.</summary>
    /// <param name="piece">The manifest or chunk.</param>
    void Broadcast(IWireMessage piece);

    /// <summary>Sends a manifest or chunk to one mirror.</summary>
    /// <param name="mirror">The mirror.</param>
    /// <param name="piece">The manifest or chunk.</param>
    void Send(TMirror mirror, IWireMessage piece);

    /// <summary>The snapshot published last is sent whole: the learner may publish the next.</summary>
    void Accept();

    /// <summary>There is a newer generation than the learner's.</summary>
    /// <param name="generation">The generation seen.</param>
    void TellNewerGeneration(long generation);
}
