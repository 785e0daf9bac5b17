using System.Globalization;

namespace DqnAkka.Environments;

/// <summary>What an observation space promises of each observation.</summary>
internal sealed class ObservationRules(BoxSpace space)
{
    // A quiet NaN that nobody computes by chance: where it is still there, nothing was written.
    private const int Poison = 0x7FC0_DEAD;
    private readonly float[] _low = [.. space.Low];
    private readonly float[] _high = [.. space.High];

    /// <summary>Components of one observation.</summary>
    public int Size => _low.Length;

    /// <summary>Makes what is never written visible.</summary>
    public static void PoisonAll(Span<float> observation) => observation.Fill(BitConverter.Int32BitsToSingle(Poison));

    /// <summary>Notes the first component that breaks a rule.</summary>
    /// <param name="observation">What the environment wrote over poison.</param>
    /// <param name="where">When it did.</param>
    /// <param name="findings">Receives what is wrong.</param>
    public void Inspect(ReadOnlySpan<float> observation, Func<string> where, CheckFindings findings)
    {
        for (int i = 0; i < observation.Length; i++)
        {
            float value = observation[i];
            if (IsFine(i, value))
            {
                continue;
            }

            int component = i;
            if (BitConverter.SingleToInt32Bits(value) == Poison)
            {
                findings.Breach("unwritten", () => $"observation component {component} is not written {where()}: write every component at each call");
            }
            else if (!float.IsFinite(value))
            {
                findings.Breach("finite", () => $"observation component {component} is {Text(value)} {where()}: it must be finite");
            }
            else if (value < _low[i] || value > _high[i])
            {
                findings.Breach("range", () => $"observation component {component} is {Text(value)} {where()}, outside its declared range [{Text(_low[component])}, {Text(_high[component])}]: widen the space or clip the value");
            }
            else
            {
                findings.Breach("type", () => $"observation component {component} is {Text(value)} {where()}, where the space promises {space.Format.Type}: write {(space.Format.Type == ObservationType.UInt8 ? "integers from 0 to 255" : "0 or 1")}, or declare Float32");
            }

            return;
        }
    }

    /// <summary>Notes where a stack does not go on with the frames of the one before.</summary>
    /// <param name="before">The observation before the step.</param>
    /// <param name="observation">The one after it.</param>
    /// <param name="where">When it was written.</param>
    /// <param name="findings">Receives what is wrong.</param>
    public void InspectStack(ReadOnlySpan<float> before, ReadOnlySpan<float> observation, Func<string> where, CheckFindings findings)
    {
        int frame = space.Format.FrameSize;
        if (!before[frame..].SequenceEqual(observation[..^frame]))
        {
            findings.Breach("stack", () => $"the older frames are not the newer ones of the observation before, {where()}, where the space promises a stack of {space.Format.Stack} frames: put the oldest first and move on by one at each step, or declare a stack of 1");
        }
    }

    /// <summary>A number as a person writes it.</summary>
    public static string Text(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsFinite(value) ? ((float)value).ToString("R", CultureInfo.InvariantCulture)
        : value > 0 ? "+infinity" : "-infinity";

    private bool IsFine(int component, float value) =>
        float.IsFinite(value) && value >= _low[component] && value <= _high[component]
        && (space.Format.Type == ObservationType.Float32 || value == MathF.Truncate(value));
}
