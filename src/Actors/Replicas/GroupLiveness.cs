using Akka.Actor;

namespace DqnAkka.Actors;

/// <summary>Asks a group's replicas whether they live. An answer counts for the last question only, and for none of an earlier group.</summary>
/// <param name="self">Who asks.</param>
internal sealed class GroupLiveness(IActorRef self)
{
    private const int TicksToAnswer = ReplicaGroup.TicksPerSecond;
    private long _question;
    private int? _ticks;

    /// <summary>Whether those that do not answer are to be dropped.</summary>
    public bool IsTrying => _ticks is not null;

    /// <summary>Asks.</summary>
    public void Ask(IReadOnlyList<ReplicaMember> members, long epoch)
    {
        _question++;
        foreach (ReplicaMember member in members)
        {
            member.IsAnswered = false;
            member.Reference.Tell(new ReplicaProtocol.AreYouAlive(epoch, _question), self);
        }
    }

    /// <summary>Asks, and gives them a second.</summary>
    public void Try(IReadOnlyList<ReplicaMember> members, long epoch)
    {
        Ask(members, epoch);
        _ticks = 0;
    }

    /// <summary>A tick has passed.</summary>
    /// <returns>Whether the second is over.</returns>
    public bool Tick() => ++_ticks >= TicksToAnswer;

    /// <summary>The step was completed, or given up.</summary>
    public void EndTry() => _ticks = null;

    /// <summary>The group is another one: answers underway say nothing of it.</summary>
    public void Forget() => _question++;

    /// <summary>Takes an answer.</summary>
    /// <returns>Whether it is one to the last question.</returns>
    public bool IsAnswer(ReplicaProtocol.Alive alive, ReplicaMember member)
    {
        bool isAnswer = alive.Number == _question;
        member.IsAnswered |= isAnswer;
        return isAnswer;
    }
}
