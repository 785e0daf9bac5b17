using DqnAkka.Environments;

namespace DqnAkka.Learner.Tests;

/// <summary>Random operations on a replay buffer and on a naive list, with everything compared after each of them: 120,000 in all.</summary>
public sealed class ReplayModelTests
{
    private const int Histories = 40;
    private const int OperationsPerHistory = 167;

    // Each type of observation, in a row of its own and shared; six formats, three kinds of buffer, 40 histories of 167 operations.
    public static TheoryData<ObservationType, int, int> Formats => new()
    {
        { ObservationType.Float32, 2, 1 },
        { ObservationType.Float32, 24, 3 },
        { ObservationType.UInt8, 12, 1 },
        { ObservationType.UInt8, 72, 2 },
        { ObservationType.Boolean, 80, 2 },
        { ObservationType.Boolean, 768, 3 },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_uniform_buffer_equals_a_list(ObservationType type, int size, int stack) =>
        Compare(new ObservationFormat(type, size, stack), new ReplayOptions());

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_prioritised_buffer_equals_a_list(ObservationType type, int size, int stack) =>
        Compare(new ObservationFormat(type, size, stack), new ReplayOptions { Prioritized = true, Alpha = 0.6, PriorityEpsilon = 0.01 });

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_buffer_that_the_lowest_priority_leaves_equals_a_list(ObservationType type, int size, int stack) =>
        Compare(
            new ObservationFormat(type, size, stack),
            new ReplayOptions { Prioritized = true, Alpha = 0.6, PriorityEpsilon = 0.01, Removal = RemovalKind.LowestPriority });

    private static void Compare(ObservationFormat format, ReplayOptions options)
    {
        for (int history = 0; history < Histories; history++)
        {
            ulong seed = (ulong)((history * 100) + format.Size);
            using History run = new(format, options, seed);
            for (int operation = 0; operation < OperationsPerHistory; operation++)
            {
                run.Next();
                run.RequireEqual();
            }
        }
    }

    private sealed class History : IDisposable
    {
        private readonly ObservationFormat _format;
        private readonly ReplayOptions _options;
        private readonly StreamShape _shape;
        private readonly RandomSource _random;
        private readonly RandomSource _draws;
        private readonly StepStream _stream;
        private readonly bool _isReopened;
        private NaiveReplayModel _model;
        private BorrowedMemory? _memory;
        private ReplayBuffer _buffer;
        private long _firstInherited = -1;

        public History(ObservationFormat format, ReplayOptions options, ulong seed)
        {
            _format = format;
            _options = options;
            _random = new RandomSource(seed);
            _draws = new RandomSource(seed + 1);
            int environments = 1 + _random.NextInt(2);
            int steps = 1 + _random.NextInt(3);
            _shape = new StreamShape(1 + _random.NextInt(4), environments, steps);

            // Some streams have longer episodes than are reserved for, others far shorter ones, so that frames run out.
            _stream = new StepStream(format, environments, steps, _random.NextDouble() * 0.6, seed + 2);
            _isReopened = _random.NextInt(2) == 0;
            int capacity = 1 + _random.NextInt(40);
            _model = new NaiveReplayModel(options, capacity);
            _buffer = New(capacity);
        }

        public void Next()
        {
            switch (_random.NextInt(20))
            {
                case < 8:
                    Append();
                    break;
                case < 12:
                    Sample();
                    break;
                case < 16:
                    Update();
                    break;
                case 16:
                    Inherit();
                    break;
                case 17:
                    _buffer.MarkStale();
                    _model.MarkStale();
                    _firstInherited = -1;
                    break;
                case 18:
                    Resize();
                    break;
                default:
                    Reopen();
                    break;
            }
        }

        public void RequireEqual()
        {
            List<NaiveReplayModel.Item> items = _model.Items;
            Assert.Equal(items.Count, _buffer.Count);
            Assert.Equal(_model.Capacity, _buffer.Capacity);
            Assert.Equal(_model.NextKey, _buffer.NextKey);
            Assert.Equal(_model.Inserts, _buffer.Inserts);
            Assert.Equal(_model.NextKey - _model.Inserts, _buffer.Inherited);
            Assert.Equal(_model.NextKey - items.Count, _buffer.Evicted);
            Assert.Equal(_model.Stale, _buffer.Stale);
            RequireClose(items.Sum(item => item.Mass), _buffer.Mass);
            RequireClose(items.Count == 0 ? double.PositiveInfinity : items.Min(item => item.Mass), _buffer.MinimumMass);
            RequireClose(_model.LargestPriority, _buffer.LargestPriority);
            (TransitionBatch batch, double[] masses) = _buffer.ReadOldest(0, _buffer.Count);
            for (int row = 0; row < items.Count; row++)
            {
                NaiveReplayModel.Item item = items[row];
                RequireClose(item.Mass, masses[row]);
                Assert.True(batch.Observation(row).SequenceEqual(item.Observation));
                Assert.True(batch.NextObservation(row).SequenceEqual(item.NextObservation));
                Assert.Equal((item.Action, item.Return, item.Discount, item.End), (batch.Actions[row], batch.Returns[row], batch.Discounts[row], batch.Ends[row]));
            }
        }

        public void Dispose()
        {
            _buffer.Dispose();
            _memory?.Dispose();
        }

        private static void RequireClose(double expected, double actual) =>
            Assert.True(expected == actual || Math.Abs(expected - actual) <= 1e-9 * Math.Abs(expected), $"expected {expected}, got {actual}");

        private ReplayBuffer New(int capacity)
        {
            if (!_isReopened)
            {
                return new ReplayBuffer(capacity, _format, _options, _shape);
            }

            ReplayMemoryPlan plan = ReplayMemoryPlan.For(capacity, _format, _options, _shape);
            _memory = new BorrowedMemory(plan.RegionBytes + MemoryRegion.Alignment);
            return new ReplayBuffer(plan, _options, _shape, _memory.Open(), MemoryRegion.Alignment, hasChecksums: true);
        }

        private TransitionBatch Batch()
        {
            TransitionBatch batch = _stream.Next(_random.NextInt(8));

            // Different |δ| for each, so that it is certain which has the lowest priority.
            bool hasErrors = _options.Removal == RemovalKind.LowestPriority || _random.NextInt(2) == 0;
            return hasErrors ? batch.WithErrors(Errors(batch.Count)) : batch;
        }

        private float[] Errors(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(_random.NextDouble() * 3))];

        private void Append()
        {
            TransitionBatch batch = Batch();
            _model.Append(batch);
            _buffer.Append(batch);
            LeaveEarly();
        }

        /// <summary>Where frames have run out, the model does without as many of the oldest: nothing else may be missing.</summary>
        private void LeaveEarly()
        {
            int missing = _model.Items.Count - _buffer.Count;
            Assert.InRange(missing, 0, _buffer.EvictedEarly == 0 ? 0 : _model.Items.Count - 1);
            _model.RemoveOldest(missing);
        }

        private void Sample()
        {
            if (_buffer.Count == 0)
            {
                Assert.Throws<InvalidOperationException>(() => _buffer.Sample(1, _draws));
                return;
            }

            int[] counts = [_random.NextInt(5), _random.NextInt(9)];
            SampledTransitions sample = new(_format, counts.Sum());
            _buffer.SampleInto(counts, _draws, sample);
            for (int row = 0; row < sample.Count; row++)
            {
                NaiveReplayModel.Item item = _model.Items.Single(item => item.Key == sample.Keys[row]);
                RequireClose(item.Mass, sample.Masses[row]);
                Assert.True(sample.Observations.AsSpan(row * _format.Bytes, _format.Bytes).SequenceEqual(item.Observation));
                Assert.True(sample.NextObservations.AsSpan(row * _format.Bytes, _format.Bytes).SequenceEqual(item.NextObservation));
                Assert.Equal((item.Action, item.Return, item.Discount), (sample.Actions[row], sample.Returns[row], sample.Discounts[row]));
            }
        }

        private void Update()
        {
            int count = _random.NextInt(9);
            long[] keys = [.. Enumerable.Range(0, count).Select(_ => _random.NextInt((int)_buffer.NextKey + 3) - 1L)];
            float[] errors = Errors(count);
            Assert.Equal(_model.Update(keys, errors), _buffer.UpdatePriorities(keys, errors));
        }

        private void Inherit()
        {
            TransitionBatch batch = Batch();
            double[] masses = [.. Errors(batch.Count).Select(error => _model.MassOf(error + 0.02))];
            int room = _model.Capacity - _model.Items.Count + _model.Stale;
            Assert.Equal(room, _buffer.Capacity - _buffer.Count + _buffer.Stale);
            if (batch.Count > room)
            {
                Assert.Throws<ArgumentException>(() => _buffer.AppendInherited(batch, masses));
                RequireEqual();
            }

            int skip = Math.Max(0, batch.Count - room);
            _firstInherited = _firstInherited < 0 ? _buffer.NextKey : _firstInherited;
            bool isOwnOldest = _buffer.Plan.IsShared && _buffer.Stale == 0 && _buffer.Evicted < _firstInherited;
            long evicted = _buffer.Evicted;
            int taken = _buffer.AppendInherited(batch, masses, skip);
            if (isOwnOldest)
            {
                Assert.Equal(evicted, _buffer.Evicted);
            }
            else if (_buffer.Evicted >= _firstInherited)
            {
                Assert.Equal(batch.Count - skip, taken);
            }

            _model.AppendInherited(batch, masses, RowsTaken(batch, skip, taken));
            LeaveEarly();
        }

        /// <summary>Which rows of a batch those are that came last: some of them in the same order, the last one among them.</summary>
        private List<int> RowsTaken(TransitionBatch batch, int skip, int taken)
        {
            if (_options.Removal == RemovalKind.LowestPriority)
            {
                Assert.Equal(batch.Count - skip, taken);
                return [.. Enumerable.Range(skip, taken)];
            }

            // What came may have left again for what came with it.
            int held = Math.Min(taken, _buffer.Count);
            TransitionBatch newest = _buffer.ReadOldest(_buffer.Count - held, held).Transitions;
            List<int> rows = [];
            int row = batch.Count - 1;
            for (int i = held - 1; i >= 0; i--, row--)
            {
                while (!newest.Observation(i).SequenceEqual(batch.Observation(row)) || !newest.NextObservation(i).SequenceEqual(batch.NextObservation(row)))
                {
                    Assert.True(rows.Count > 0 && row > skip, "a row that was not given, or not the last one");
                    row--;
                }

                rows.Insert(0, row);
            }

            return taken == batch.Count - skip ? [.. Enumerable.Range(skip, taken)] : rows;
        }

        private void Resize()
        {
            int capacity = 1 + _random.NextInt(40);
            _model.Resize(capacity);
            if (_isReopened)
            {
                ReplayBuffer old = _buffer;
                BorrowedMemory? memory = _memory;
                _buffer = New(capacity);
                _buffer.TakeOver(old);
                _firstInherited = -1;
                old.Dispose();
                memory?.Dispose();
            }
            else
            {
                _buffer.Resize(capacity);
            }

            LeaveEarly();
        }

        /// <summary>A restart on what memory holds; without such memory a hand-over to a new buffer.</summary>
        private void Reopen()
        {
            if (_isReopened)
            {
                ReplayState state = _buffer.State;
                _buffer.Dispose();
                _buffer = new ReplayBuffer(
                    ReplayMemoryPlan.For(_model.Capacity, _format, _options, _shape), _options, _shape, _memory!.Open(), MemoryRegion.Alignment, hasChecksums: true);
                Assert.Equal(new ReplayRecovery(state.Count, 0, 0, -1, 0), _buffer.Recover(state));
                _firstInherited = -1;
                return;
            }

            NaiveReplayModel model = new(_options, _model.Capacity);
            ReplayBuffer successor = New(_model.Capacity);
            for (int skip = 0; skip < _buffer.Count;)
            {
                int count = Math.Min(1 + _random.NextInt(10), _buffer.Count - skip);
                (TransitionBatch batch, double[] masses) = _buffer.ReadOldest(skip, count);
                model.AppendInherited(batch, masses, [.. Enumerable.Range(0, count)]);
                Assert.Equal(count, successor.AppendInherited(batch, masses));
                skip += count;
            }

            _firstInherited = _buffer.Count == 0 ? -1 : 0;
            _buffer.Dispose();
            _buffer = successor;
            _model = model;
            LeaveEarly();
        }
    }
}
