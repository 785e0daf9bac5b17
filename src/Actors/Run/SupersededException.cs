namespace DqnAkka.Actors;

/// <summary>Another learner has taken the run over; this one's work is lost and it must end.</summary>
/// <param name="message">One line.</param>
internal sealed class SupersededException(string message) : Exception(message);
