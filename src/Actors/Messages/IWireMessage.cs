namespace DqnAkka.Actors;

/// <summary>A message that may go to another node: it has a place in the binary codec, and nothing else is ever serialized.</summary>
public interface IWireMessage;
