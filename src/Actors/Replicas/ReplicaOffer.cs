using DqnAkka.Learner;

namespace DqnAkka.Actors;

/// <summary>What is wrong with a node's offer to be a replica, if anything.</summary>
internal static class ReplicaOffer
{
    /// <summary>One line that says what differs, and the remedy; empty where nothing does.</summary>
    public static string Fault(ReplicaProtocol.JoinGroup offer, ReplicaIdentity learner)
    {
        if (offer.Network != learner.Network || offer.Parameters != learner.Parameters)
        {
            return $"{offer.Name} has the network {offer.Network} of {offer.Parameters} numbers, the learner {learner.Network} of {learner.Parameters}: give both the same dqn.network and dqn.environment";
        }

        if (offer.Arithmetic != learner.Arithmetic)
        {
            return $"{offer.Name} computes with {offer.Arithmetic}, the learner with {learner.Arithmetic}, so that their parameters would not stay the same: give both the same dqn.learner.backend and dqn.learner.device on processors of one kind";
        }

        return offer.Parameters > StateTransfer.MostParameters
            ? $"a network of {offer.Parameters} parameters is too large for replicas on other nodes, which take {StateTransfer.MostParameters}: set dqn.learner.replicas = 1"
            : "";
    }
}
