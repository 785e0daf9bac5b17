using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Host;

/// <summary>The columns of one row group, filled from transitions; the arrays are used again for the next.</summary>
internal sealed class RowGroupColumns
{
    private readonly ObservationFormat _format;
    private readonly XxHash64 _digest = new();

    /// <summary>Reserves the columns.</summary>
    /// <param name="format">The form of an observation.</param>
    /// <param name="capacity">Rows at most.</param>
    public RowGroupColumns(ObservationFormat format, int capacity)
    {
        _format = format;
        int components = checked(capacity * format.Size);
        bool isFloat = format.Type == ObservationType.Float32;
        Floats = isFloat ? (new float[components], new float[components]) : ([], []);
        Integers = isFloat ? ([], []) : (new byte[components], new byte[components]);
        Actions = new int[capacity];
        Returns = new float[capacity];
        Discounts = new float[capacity];
        Terminations = new bool[capacity];
        Truncations = new bool[capacity];
        Masses = new double[capacity];
        Keys = new long[capacity];
        Ages = new long[capacity];
        Shards = new int[capacity];
    }

    /// <summary>Rows filled.</summary>
    public int Count { get; private set; }

    /// <summary>s and s′ where they are float32, [Count × D].</summary>
    public (float[] Observations, float[] NextObservations) Floats { get; }

    /// <summary>s and s′ where they are integers or booleans, [Count × D].</summary>
    public (byte[] Observations, byte[] NextObservations) Integers { get; }

    /// <summary>a.</summary>
    public int[] Actions { get; }

    /// <summary>Rⁿ.</summary>
    public float[] Returns { get; }

    /// <summary>Discounts.</summary>
    public float[] Discounts { get; }

    /// <summary>Whether s′ is terminal.</summary>
    public bool[] Terminations { get; }

    /// <summary>Whether the episode was cut at s′.</summary>
    public bool[] Truncations { get; }

    /// <summary>Sampling masses.</summary>
    public double[] Masses { get; }

    /// <summary>Keys.</summary>
    public long[] Keys { get; }

    /// <summary>Later arrivals.</summary>
    public long[] Ages { get; }

    /// <summary>The shard, for each row.</summary>
    public int[] Shards { get; }

    /// <summary>Takes the rows of a part in place of those that are there.</summary>
    /// <param name="rows">No more than there is room for.</param>
    /// <param name="shard">Whose they are.</param>
    public void Fill(ReplayRows rows, ShardDescription shard)
    {
        TransitionBatch batch = rows.Transitions;
        Count = batch.Count;
        for (int row = 0; row < Count; row++)
        {
            int first = row * _format.Size;
            if (_format.Type == ObservationType.Float32)
            {
                _format.Decode(batch.Observation(row), Floats.Observations.AsSpan(first, _format.Size));
                _format.Decode(batch.NextObservation(row), Floats.NextObservations.AsSpan(first, _format.Size));
            }
            else
            {
                Unpack(batch.Observation(row), Integers.Observations.AsSpan(first, _format.Size));
                Unpack(batch.NextObservation(row), Integers.NextObservations.AsSpan(first, _format.Size));
            }

            EpisodeEnd end = (EpisodeEnd)batch.Ends[row];
            Terminations[row] = (end & EpisodeEnd.Terminated) != 0;
            Truncations[row] = (end & EpisodeEnd.Truncated) != 0;
            Ages[row] = shard.NextKey - 1 - rows.Keys[row];
        }

        batch.Actions.CopyTo(Actions, 0);
        batch.Returns.CopyTo(Returns, 0);
        batch.Discounts.CopyTo(Discounts, 0);
        rows.Masses.CopyTo(Masses, 0);
        rows.Keys.CopyTo(Keys, 0);
        Shards.AsSpan(0, Count).Fill(shard.Shard);
    }

    /// <summary>A checksum of what a reader needs of every row, since the format has none of its own.</summary>
    public string Digest()
    {
        int components = Count * _format.Size;
        bool isFloat = _format.Type == ObservationType.Float32;
        Append<float>(Floats.Observations.AsSpan(0, isFloat ? components : 0));
        Append<byte>(Integers.Observations.AsSpan(0, isFloat ? 0 : components));
        Append<int>(Actions.AsSpan(0, Count));
        Append<float>(Returns.AsSpan(0, Count));
        Append<float>(Discounts.AsSpan(0, Count));
        Append<float>(Floats.NextObservations.AsSpan(0, isFloat ? components : 0));
        Append<byte>(Integers.NextObservations.AsSpan(0, isFloat ? 0 : components));
        Append<bool>(Terminations.AsSpan(0, Count));
        Append<bool>(Truncations.AsSpan(0, Count));
        Append<double>(Masses.AsSpan(0, Count));
        Append<long>(Keys.AsSpan(0, Count));
        ulong digest = _digest.GetCurrentHashAsUInt64();
        _digest.Reset();
        return digest.ToString("x16", CultureInfo.InvariantCulture);
    }

    private void Append<T>(ReadOnlySpan<T> column)
        where T : unmanaged => _digest.Append(MemoryMarshal.AsBytes(column));

    private void Unpack(ReadOnlySpan<byte> packed, Span<byte> components)
    {
        if (_format.Type == ObservationType.UInt8)
        {
            packed.CopyTo(components);
            return;
        }

        for (int frame = 0; frame < _format.Stack; frame++)
        {
            ReadOnlySpan<byte> bits = packed.Slice(frame * _format.FrameBytes, _format.FrameBytes);
            Span<byte> unpacked = components.Slice(frame * _format.FrameSize, _format.FrameSize);
            for (int i = 0; i < unpacked.Length; i++)
            {
                unpacked[i] = (byte)((bits[i >> 3] >> (i & 7)) & 1);
            }
        }
    }
}
