namespace DqnAkka.Environments;

/// <summary>
/// Looks for environments that reset themselves. What follows an end tells: they go on as a fresh episode does, or show one's first
/// observation in place of the last of the old one, from which a truncated episode's value would be taken.
/// </summary>
internal sealed class EpisodeEndCheck(ObservationRules rules)
{
    private const int FewestEnds = 5;
    private const int MostEnds = 20;
    private readonly Envelope _starts = new(rules.Size);
    private readonly Envelope _seconds = new(rules.Size);
    private readonly List<float[]> _middles = [];
    private readonly List<float[]> _finals = [];
    private readonly List<float[]> _continuations = [];

    /// <summary>Walks over episodes and past their ends.</summary>
    public void Run(CheckedCopy copy, int actionCount, int steps, ulong seed, ulong index, CheckFindings findings, CancellationToken stop)
    {
        RandomSource actions = new(seed, index);
        if (!copy.Begin(seed, index))
        {
            return;
        }

        _starts.Add(copy.Observation);
        for (int t = 0, ofEpisode = 0; t < steps && _finals.Count < MostEnds; t++)
        {
            stop.ThrowIfCancellationRequested();
            if (!copy.Step(actions.NextInt(actionCount), out StepResult result))
            {
                return;
            }

            if (!result.Terminated && !result.Truncated)
            {
                if (++ofEpisode == 1)
                {
                    _seconds.Add(copy.Observation);
                }

                if (_middles.Count < steps / MostEnds)
                {
                    _middles.Add([.. copy.Observation]);
                }

                continue;
            }

            _finals.Add([.. copy.Observation]);
            StepPast(copy.Environment, actions.NextInt(actionCount));
            ofEpisode = 0;
            if (!copy.Reset())
            {
                return;
            }

            _starts.Add(copy.Observation);
        }

        Judge(findings);
    }

    private void StepPast(IEnvironment environment, int action)
    {
        float[] observation = new float[rules.Size];
        try
        {
            StepResult result = environment.Step(action, observation);
            if (!result.Terminated && !result.Truncated)
            {
                _continuations.Add(observation);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // To refuse a step past the end is as good as to take it.
        }
    }

    private void Judge(CheckFindings findings)
    {
        if (_finals.Count < FewestEnds)
        {
            return;
        }

        bool goesOn = _continuations.Count == _finals.Count && Share(_seconds, _continuations) >= 0.8;
        if (_middles.Count >= FewestEnds && Share(_starts, _finals) == 1 && Share(_starts, _middles) < 0.5)
        {
            NoteFinals(goesOn, findings);
        }
        else if (goesOn && Share(_seconds, _finals) <= 0.2)
        {
            findings.Warn("self-reset", () => $"a step after an end goes on as a fresh episode does, in all of {_finals.Count} episodes: an environment never resets itself; leave that to the caller's Reset");
        }
    }

    // An episode may well end where it began; one that can also be gone on with from there has begun anew.
    private void NoteFinals(bool goesOn, CheckFindings findings)
    {
        if (goesOn)
        {
            findings.Breach("final-observation", () => $"the observation of a step that ends an episode looks like the first of another one, in all of {_finals.Count} episodes: an environment never resets itself; give the episode's last observation");
        }
        else
        {
            findings.Warn("final-observation", () => $"the observation of a step that ends an episode looks like the first of another one, in all of {_finals.Count} episodes: see that it is the episode's last observation");
        }
    }

    private static double Share(Envelope envelope, List<float[]> observations) => observations.Count(envelope.Contains) / (double)observations.Count;

    /// <summary>Where observations of one kind lie, component by component.</summary>
    private sealed class Envelope(int size)
    {
        private readonly float[] _low = [.. Enumerable.Repeat(float.PositiveInfinity, size)];
        private readonly float[] _high = [.. Enumerable.Repeat(float.NegativeInfinity, size)];

        public void Add(ReadOnlySpan<float> observation)
        {
            for (int i = 0; i < observation.Length; i++)
            {
                _low[i] = Math.Min(_low[i], observation[i]);
                _high[i] = Math.Max(_high[i], observation[i]);
            }
        }

        // Half a width of room: a few samples do not reach the bounds.
        public bool Contains(float[] observation)
        {
            for (int i = 0; i < observation.Length; i++)
            {
                float room = (_high[i] - _low[i]) / 2;
                if (!(observation[i] >= _low[i] - room && observation[i] <= _high[i] + room))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
