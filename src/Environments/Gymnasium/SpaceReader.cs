using System.Globalization;
using System.Text.Json;

namespace DqnAkka.Environments;

/// <summary>
/// Makes our spaces of Gymnasium's. Images are height × width × channels there and planes first here; an integer is a one-hot vector here;
/// what is neither uint8 nor bool is float32.
/// </summary>
internal static class SpaceReader
{
    // A one-hot vector for each state is stored twice a transition.
    private const int MaxDiscrete = 65_536;
    private const long MaxComponents = 1 << 24;

    /// <summary>Number of actions.</summary>
    /// <exception cref="EnvironmentException">The space is not discrete.</exception>
    public static int ReadActions(string name, JsonElement space)
    {
        string type = space.GetProperty("type").GetString() ?? "";
        return type == "Discrete"
            ? space.GetProperty("n").GetInt32()
            : throw new EnvironmentException(
                $"DQN needs discrete actions: {name}'s action space is {type}; discretise it with environment.wrappers = [\"DiscretizeAction(bins=5)\"]");
    }

    /// <summary>How observations arrive, and what becomes of them.</summary>
    /// <exception cref="EnvironmentException">The space is neither a box nor discrete, or too large.</exception>
    public static ObservationDecoder ReadObservations(string name, JsonElement space)
    {
        string type = space.GetProperty("type").GetString() ?? "";
        return type switch
        {
            "Discrete" => OneHot(name, space.GetProperty("n").GetInt32()),
            "Box" => Box(name, space),
            _ => throw new EnvironmentException(
                $"DQN on vectors needs Box or Discrete observations: {name}'s observation space is {type}; flatten it with environment.wrappers = [\"FlattenObservation\"]"),
        };
    }

    private static ObservationDecoder OneHot(string name, int count) => count is >= 1 and <= MaxDiscrete
        ? ObservationDecoder.OneHot(new BoxSpace(new float[count], Ones(count), ObservationType.Boolean))
        : throw new EnvironmentException(
            $"{name} has {count} discrete observations, of which at most {MaxDiscrete} can be told apart as a one-hot vector: describe its states by a Box");

    private static ObservationDecoder Box(string name, JsonElement space)
    {
        int[] shape = [.. space.GetProperty("shape").EnumerateArray().Select(side => side.GetInt32())];
        long size = shape.Aggregate(1L, (product, side) => side >= 0 && product <= MaxComponents ? product * side : long.MaxValue);
        if (size is < 1 or > MaxComponents)
        {
            throw new EnvironmentException(
                $"{name}'s observations are of the shape ({string.Join(", ", shape)}): DQN needs 1 to {MaxComponents} components; make them smaller with environment.wrappers = [\"ResizeObservation(height=84, width=84)\"]");
        }

        ObservationType type = (space.GetProperty("dtype").GetString() ?? "") switch
        {
            "uint8" => ObservationType.UInt8,
            "bool" => ObservationType.Boolean,
            _ => ObservationType.Float32,
        };
        (PlaneShape? planes, bool isInterleaved) = Planes(shape, type);
        float[] low = Planar(Bounds(space.GetProperty("low"), (int)size), planes, isInterleaved);
        float[] high = Planar(Bounds(space.GetProperty("high"), (int)size), planes, isInterleaved);
        return ObservationDecoder.Box(new BoxSpace(low, high, type, shape: planes), isInterleaved);
    }

    /// <summary>
    /// What is an image: three sides of which two are longer than 1, the channels being the first side only where it is the shortest; or two
    /// sides of integers or booleans. Two sides of numbers are a table of features, and so a vector.
    /// </summary>
    private static (PlaneShape? Shape, bool IsInterleaved) Planes(int[] shape, ObservationType type) => shape switch
    {
        [int planes, int height, int width] when planes < height && planes < width => (new PlaneShape(planes, height, width), false),
        [int height, int width, int channels] when height > 1 && width > 1 => (new PlaneShape(channels, height, width), channels > 1),
        [int height, int width] when height > 1 && width > 1 && type != ObservationType.Float32 => (new PlaneShape(1, height, width), false),
        _ => (null, false),
    };

    private static float[] Bounds(JsonElement bound, int size)
    {
        float[] values = new float[size];
        if (bound.ValueKind != JsonValueKind.Array)
        {
            Array.Fill(values, Number(bound));
            return values;
        }

        if (bound.GetArrayLength() != size)
        {
            throw new FormatException($"{bound.GetArrayLength()} bounds for {size} components");
        }

        int i = 0;
        foreach (JsonElement value in bound.EnumerateArray())
        {
            values[i++] = Number(value);
        }

        return values;
    }

    private static float Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => float.Parse(value.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => (float)value.GetDouble(),
    };

    private static float[] Planar(float[] values, PlaneShape? shape, bool isInterleaved)
    {
        if (shape is not { } planes || !isInterleaved)
        {
            return values;
        }

        float[] planar = new float[values.Length];
        Interleaving.Split<float>(values, planar, planes.Planes);
        return planar;
    }

    private static float[] Ones(int count)
    {
        float[] ones = new float[count];
        Array.Fill(ones, 1);
        return ones;
    }
}
