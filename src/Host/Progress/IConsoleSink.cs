using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>The console's view of a run; disposing gives the terminal back however the run ended.</summary>
internal interface IConsoleSink : IProgressSink, IDisposable;
