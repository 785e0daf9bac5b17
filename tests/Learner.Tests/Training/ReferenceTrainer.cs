namespace DqnAkka.Learner.Tests;

/// <summary>
/// The learning step in float64 with the gradient by central differences: no backpropagation and none of the code under test, so
/// that an error in either shows.
/// </summary>
internal sealed class ReferenceTrainer
{
    private const double Spacing = 1e-5;
    private readonly NetworkLayout _layout;
    private readonly LearnerOptions _options;
    private readonly double[] _target;
    private readonly double[] _first;
    private readonly double[] _second;
    private int _updates;

    public ReferenceTrainer(NetworkLayout layout, LearnerOptions options, ReadOnlySpan<float> parameters)
    {
        _layout = layout;
        _options = options;
        Online = [.. parameters.ToArray().Select(value => (double)value)];
        _target = [.. Online];
        _first = new double[Online.Length];
        _second = new double[Online.Length];
    }

    public double[] Online { get; }

    public void SynchronizeTarget() => Online.CopyTo(_target, 0);

    public (double Loss, double Norm, double[] Errors) Step(TrainingBatch batch, double learningRate)
    {
        double[] targets = Targets(batch);
        double loss = Loss(batch, targets);
        double[] errors = [.. Enumerable.Range(0, batch.Count).Select(row => Math.Abs(targets[row] - Chosen(batch, row)))];
        double[] gradient = new double[Online.Length];
        foreach (ParameterSlot slot in _layout.Slots)
        {
            for (int i = slot.Offset; i < slot.Offset + slot.Length; i++)
            {
                double kept = Online[i];
                Online[i] = kept + Spacing;
                double above = Loss(batch, targets);
                Online[i] = kept - Spacing;
                double below = Loss(batch, targets);
                Online[i] = kept;
                gradient[i] = (above - below) / (2 * Spacing);
            }
        }

        double norm = Math.Sqrt(gradient.Sum(g => g * g));
        double scale = _options.MaxGradientNorm > 0 ? Math.Min(1, _options.MaxGradientNorm / (norm + 1e-6)) : 1;
        _updates++;
        for (int i = 0; i < gradient.Length; i++)
        {
            Online[i] -= learningRate * (_options.Optimizer == OptimizerKind.Adam ? Adam(i, scale * gradient[i]) : RmsProp(i, scale * gradient[i]));
        }

        return (loss, norm, errors);
    }

    private double Adam(int i, double g)
    {
        _first[i] = (_options.AdamBeta1 * _first[i]) + ((1 - _options.AdamBeta1) * g);
        _second[i] = (_options.AdamBeta2 * _second[i]) + ((1 - _options.AdamBeta2) * g * g);
        double mean = _first[i] / (1 - Math.Pow(_options.AdamBeta1, _updates));
        double square = _second[i] / (1 - Math.Pow(_options.AdamBeta2, _updates));
        return mean / (Math.Sqrt(square) + _options.AdamEpsilon);
    }

    private double RmsProp(int i, double g)
    {
        _second[i] = (_options.RmsPropDecay * _second[i]) + ((1 - _options.RmsPropDecay) * g * g);
        double spread = _second[i];
        if (_options.RmsPropCentered)
        {
            _first[i] = (_options.RmsPropDecay * _first[i]) + ((1 - _options.RmsPropDecay) * g);
            spread -= _first[i] * _first[i];
        }

        return g / (Math.Sqrt(spread) + _options.RmsPropEpsilon);
    }

    private double[] Targets(TrainingBatch batch)
    {
        double[] targets = new double[batch.Count];
        for (int row = 0; row < targets.Length; row++)
        {
            ReadOnlySpan<float> next = batch.NextObservations.Slice(row * _layout.ObservationSize, _layout.ObservationSize);
            double[] values = ReferenceNetwork.Values(_layout, _target, next);
            double[] selector = _options.Algorithm == Algorithm.DoubleDqn ? ReferenceNetwork.Values(_layout, Online, next) : values;
            targets[row] = batch.Returns[row] + (batch.Discounts[row] * values[Array.IndexOf(selector, selector.Max())]);
        }

        return targets;
    }

    private double Chosen(TrainingBatch batch, int row)
    {
        ReadOnlySpan<float> observation = batch.Observations.Slice(row * _layout.ObservationSize, _layout.ObservationSize);
        return ReferenceNetwork.Values(_layout, Online, observation)[batch.Actions[row]];
    }

    private double Loss(TrainingBatch batch, double[] targets)
    {
        double sum = 0;
        for (int row = 0; row < batch.Count; row++)
        {
            double error = Math.Abs(targets[row] - Chosen(batch, row));
            double threshold = _options.HuberThreshold;
            bool isLinear = _options.Loss == LossKind.Huber && error > threshold;
            sum += batch.Weights[row] * (isLinear ? threshold * (error - (0.5 * threshold)) : 0.5 * error * error);
        }

        return sum / batch.Count;
    }
}
