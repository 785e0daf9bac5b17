namespace DqnAkka.Learner;

/// <summary>How far a runner's fragments are in a shard.</summary>
/// <param name="Runner">The runner's index; −1 for none.</param>
/// <param name="Incarnation">The runner's incarnation.</param>
/// <param name="Received">The last fragment in the shard.</param>
public readonly record struct FragmentPosition(int Runner, long Incarnation, long Received)
{
    /// <summary>No runner's.</summary>
    public static FragmentPosition None { get; } = new(-1, 0, 0);
}
