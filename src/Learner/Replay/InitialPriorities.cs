namespace DqnAkka.Learner;

/// <summary>
/// |δ| of new transitions by the inserter's own network: Ape-X's initial priorities (Horgan et al. 2018), which cost the shard and the
/// learner nothing. Not thread-safe.
/// </summary>
/// <param name="layout">The network's shape.</param>
public sealed class InitialPriorities(NetworkLayout layout)
{
    private float[] _values = [];
    private float[] _nextValues = [];
    private float[] _unpacked = [];

    /// <summary>Computes |Rⁿ + discount · max Q(s′, ·) − Q(s, a)|.</summary>
    /// <param name="policy">The network.</param>
    /// <param name="batch">The transitions.</param>
    /// <returns>|δ| of each, float32 [B], finite.</returns>
    public float[] Compute(PolicyNetwork policy, TransitionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(batch);
        int count = batch.Count;
        int size = layout.ObservationSize;
        int actions = layout.ActionCount;
        if (_values.Length < count * actions)
        {
            _values = new float[count * actions];
            _nextValues = new float[count * actions];
            _unpacked = new float[count * size];
        }

        Span<float> observations = _unpacked.AsSpan(0, count * size);
        for (int i = 0; i < count; i++)
        {
            batch.Format.Decode(batch.Observation(i), observations.Slice(i * size, size));
        }

        policy.Forward(observations, count, _values);
        for (int i = 0; i < count; i++)
        {
            batch.Format.Decode(batch.NextObservation(i), observations.Slice(i * size, size));
        }

        policy.Forward(observations, count, _nextValues);
        float[] errors = new float[count];
        for (int i = 0; i < count; i++)
        {
            float best = float.NegativeInfinity;
            foreach (float value in _nextValues.AsSpan(i * actions, actions))
            {
                best = MathF.Max(best, value);
            }

            float target = batch.Returns[i] + (batch.Discounts[i] * best);
            float error = MathF.Abs(target - _values[(i * actions) + batch.Actions[i]]);
            // An overflow is the learner's to report, by its loss; a priority only has to be a number.
            errors[i] = error < float.MaxValue ? error : float.MaxValue;
        }

        return errors;
    }
}
