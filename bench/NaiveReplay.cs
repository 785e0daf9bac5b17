using DqnAkka.Environments;

namespace DqnAkka.Bench;

/// <summary>
/// The textbook replay buffer to compare with: one object for each transition, in a list that is overwritten in turn. Observations are arrays of bytes
/// of their own type, booleans a byte each.
/// </summary>
internal sealed class NaiveReplay(int capacity, bool prioritized)
{
    private readonly List<Transition> _transitions = [];
    private readonly NaiveSumTree? _tree = prioritized ? new NaiveSumTree(capacity) : null;
    private int _next;

    internal sealed record Transition(byte[] Observation, int Action, float Return, float Discount, byte[] NextObservation);

    internal sealed record Sample(byte[][] Observations, int[] Actions, float[] Returns, float[] Discounts, byte[][] NextObservations, int[] Slots, double[] Masses);

    public void Add(ReadOnlySpan<byte> observation, int action, float nStepReturn, float discount, ReadOnlySpan<byte> nextObservation)
    {
        Transition transition = new(observation.ToArray(), action, nStepReturn, discount, nextObservation.ToArray());
        if (_transitions.Count < capacity)
        {
            _transitions.Add(transition);
        }
        else
        {
            _transitions[_next] = transition;
        }

        _tree?.Set(_next, 1);
        _next = (_next + 1) % capacity;
    }

    public Sample Draw(int count, RandomSource random)
    {
        Sample sample = new(new byte[count][], new int[count], new float[count], new float[count], new byte[count][], new int[count], new double[count]);
        for (int i = 0; i < count; i++)
        {
            int slot = _tree is null ? random.NextInt(_transitions.Count) : _tree.Find(random.NextDouble() * _tree.Total);
            Transition transition = _transitions[slot];
            sample.Observations[i] = transition.Observation;
            sample.Actions[i] = transition.Action;
            sample.Returns[i] = transition.Return;
            sample.Discounts[i] = transition.Discount;
            sample.NextObservations[i] = transition.NextObservation;
            sample.Slots[i] = slot;
            sample.Masses[i] = _tree?[slot] ?? 1;
        }

        return sample;
    }

    public void Update(ReadOnlySpan<int> slots, ReadOnlySpan<float> absoluteTdErrors)
    {
        for (int i = 0; i < slots.Length; i++)
        {
            _tree?.Set(slots[i], Math.Pow(absoluteTdErrors[i] + 1e-6, 0.6));
        }
    }
}

/// <summary>The textbook sum tree: differences are added on the way up, and both ways are recursive.</summary>
internal sealed class NaiveSumTree(int capacity)
{
    private readonly double[] _nodes = new double[(2 * capacity) - 1];

    public double Total => _nodes[0];

    public double this[int leaf] => _nodes[leaf + capacity - 1];

    public void Set(int leaf, double mass)
    {
        int node = leaf + capacity - 1;
        double difference = mass - _nodes[node];
        _nodes[node] = mass;
        Propagate(node, difference);
    }

    public int Find(double target) => Retrieve(0, target) - capacity + 1;

    private void Propagate(int node, double difference)
    {
        int parent = (node - 1) / 2;
        _nodes[parent] += difference;
        if (parent != 0)
        {
            Propagate(parent, difference);
        }
    }

    private int Retrieve(int node, double target)
    {
        int left = (2 * node) + 1;
        if (left >= _nodes.Length)
        {
            return node;
        }

        return target <= _nodes[left] ? Retrieve(left, target) : Retrieve(left + 1, target - _nodes[left]);
    }
}
