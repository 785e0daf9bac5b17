using System.Globalization;
using Akka.Configuration;
using Akka.Dispatch;

namespace DqnAkka.Actors;

/// <summary>
/// Executor of a dispatcher with threads of its own that sleep where there is nothing to do (<c>executor</c> in
/// <c>hocon/akka.conf</c>; <c>thread-count</c> says how many). Akka's own dedicated pool spins for a while before it sleeps: with
/// the learner on one of two cores, the pools of runners, shards and evaluation would take the other from each other.
/// </summary>
public sealed class DedicatedThreads : ExecutorServiceConfigurator
{
    private readonly int _threads;

    /// <summary>Called by Akka.</summary>
    /// <param name="config">The dispatcher's section.</param>
    /// <param name="prerequisites">Akka's services.</param>
    public DedicatedThreads(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _threads = config.GetInt("thread-count", 1);

    /// <inheritdoc />
    public override ExecutorService Produce(string id) => new Executor(id, _threads);

    private sealed class Executor : ExecutorService
    {
        private readonly Queue<IRunnable> _work = new();
        private bool _isShutDown;

        public Executor(string id, int threads)
            : base(id)
        {
            for (int i = 0; i < threads; i++)
            {
                Thread thread = new(RunAll) { IsBackground = true, Name = string.Create(CultureInfo.InvariantCulture, $"{id}-{i}") };
                thread.Start();
            }
        }

        public override void Execute(IRunnable run)
        {
            lock (_work)
            {
                // A dispatcher that has shut down runs nothing more; its actors are gone.
                if (!_isShutDown)
                {
                    _work.Enqueue(run);
                    Monitor.Pulse(_work);
                }
            }
        }

        public override void Shutdown()
        {
            lock (_work)
            {
                _isShutDown = true;
                Monitor.PulseAll(_work);
            }
        }

        private void RunAll()
        {
            while (Take() is { } run)
            {
                run.Run();
            }
        }

        private IRunnable? Take()
        {
            lock (_work)
            {
                while (_work.Count == 0 && !_isShutDown)
                {
                    Monitor.Wait(_work);
                }

                return _work.TryDequeue(out IRunnable? run) ? run : null;
            }
        }
    }
}
