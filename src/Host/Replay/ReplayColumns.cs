using DqnAkka.Environments;
using Parquet.Schema;

namespace DqnAkka.Host;

/// <summary>
/// The columns of an exported file. Names are Minari's (observations, actions, rewards, terminations, truncations) and D4RL's
/// (next_observations); a file that others wrote may also use D4RL's, d3rlpy's, RLlib's and LeRobot's names of the same things.
/// </summary>
internal static class ReplayColumns
{
    /// <summary>s, a list of D numbers.</summary>
    public const string Observations = "observations";

    /// <summary>a, int32.</summary>
    public const string Actions = "actions";

    /// <summary>r, float32; there where n = 1, and then equal to <see cref="Returns"/>.</summary>
    public const string Rewards = "rewards";

    /// <summary>Rⁿ, float32.</summary>
    public const string Returns = "n_step_returns";

    /// <summary>What the value of s′ is multiplied by, float32.</summary>
    public const string Discounts = "discounts";

    /// <summary>s′, a list of D numbers.</summary>
    public const string NextObservations = "next_observations";

    /// <summary>Whether s′ is terminal.</summary>
    public const string Terminations = "terminations";

    /// <summary>Whether the episode was cut at s′.</summary>
    public const string Truncations = "truncations";

    /// <summary>Sampling mass p^α, float64.</summary>
    public const string Priorities = "priorities";

    /// <summary>Number in the shard's order of arrival, int64.</summary>
    public const string Keys = "keys";

    /// <summary>Later arrivals at the shard when the file was written, int64.</summary>
    public const string Ages = "ages";

    /// <summary>Index of the shard, int32.</summary>
    public const string Shards = "shards";

    private static readonly Dictionary<string, string[]> Aliases = new()
    {
        [Observations] = ["observation", "obs", "observation.state"],
        [Actions] = ["action"],
        [Returns] = [Rewards, "reward", "next.reward"],
        [NextObservations] = ["next_observation", "next_obs", "new_obs"],
        [Terminations] = ["terminals", "terminateds", "terminated", "terminal"],
        [Truncations] = ["timeouts", "truncateds", "truncated", "timeout"],
    };

    /// <summary>Every name that a column may have, ours first.</summary>
    public static IReadOnlyList<string> Names(string column) => [column, .. Aliases.GetValueOrDefault(column, [])];

    /// <summary>The columns of a file that is written, in their order.</summary>
    /// <param name="description">What the transitions are.</param>
    public static ParquetSchema Schema(ReplayDescription description)
    {
        Type element = description.Observation.Type == ObservationType.Float32 ? typeof(float) : typeof(byte);
        List<Field> fields =
        [
            List(Observations, element),
            new DataField<int>(Actions),
            .. description.NStep == 1 ? [new DataField<float>(Rewards)] : Array.Empty<Field>(),
            new DataField<float>(Returns),
            new DataField<float>(Discounts),
            List(NextObservations, element),
            new DataField<bool>(Terminations),
            new DataField<bool>(Truncations),
            new DataField<double>(Priorities),
            new DataField<long>(Keys),
            new DataField<long>(Ages),
            new DataField<int>(Shards),
        ];
        return new ParquetSchema(fields);
    }

    private static ListField List(string name, Type element) => new(name, new DataField("element", element, isNullable: false));
}
