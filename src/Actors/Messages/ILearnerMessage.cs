namespace DqnAkka.Actors;

/// <summary>A message from another node to the learner, which it reaches through the training's proxy.</summary>
public interface ILearnerMessage : IWireMessage
{
}
