using System.Text.Json;
using System.Text.Json.Serialization;

namespace DqnAkka.Bench;

/// <summary>What the steps of learning take on one core, as measured on a machine that is named with them. Times are in seconds.</summary>
internal sealed record ScaleCosts
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, RespectRequiredConstructorParameters = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <summary>The machine, in words.</summary>
    public required string Machine { get; init; }

    /// <summary>Its cores.</summary>
    public required int Cores { get; init; }

    /// <summary>The network, in words.</summary>
    public required string Network { get; init; }

    /// <summary>Length of its flat parameter vector.</summary>
    public required int Parameters { get; init; }

    /// <summary>Rows of the batches that a learner trains on.</summary>
    public required int BatchRows { get; init; }

    /// <summary>Bytes of a row on its way.</summary>
    public required double RowBytes { get; init; }

    /// <summary>A gradient, whatever its rows.</summary>
    public required double GradientSeconds { get; init; }

    /// <summary>A row of a gradient.</summary>
    public required double GradientRowSeconds { get; init; }

    /// <summary>Standard deviation of a gradient's time over its mean.</summary>
    public required double GradientDeviation { get; init; }

    /// <summary>A parameter of an update by the gradient that the same trainer has just computed.</summary>
    public required double StepParameterSeconds { get; init; }

    /// <summary>A parameter of an update by a given gradient, the whole vector: norm, clipping, Adam.</summary>
    public required double ApplyParameterSeconds { get; init; }

    /// <summary>A parameter of an update by a range of the server.</summary>
    public required double RangeParameterSeconds { get; init; }

    /// <summary>A byte of a gradient that is added to another.</summary>
    public required double AddByteSeconds { get; init; }

    /// <summary>A row that is drawn from a shard, unpacked, weighed, and given a new priority; a half of it is the shard's.</summary>
    public required double SampleRowSeconds { get; init; }

    /// <summary>What messages cost.</summary>
    public required TransportCosts Transport { get; init; }

    /// <summary>What the forms cost in which gradients travel.</summary>
    public required CompressionCosts None { get; init; }

    /// <summary>What bfloat16 costs.</summary>
    public required CompressionCosts BFloat16 { get; init; }

    /// <summary>What the largest entries alone cost.</summary>
    public required CompressionCosts TopK { get; init; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="JsonException">It is no such file.</exception>
    public static ScaleCosts Read(string path) => JsonSerializer.Deserialize<ScaleCosts>(File.ReadAllText(path), Json) ?? throw new JsonException($"{path} is empty");

    /// <summary>Writes a file.</summary>
    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <summary>Seconds of one core for the gradient of some rows.</summary>
    public double Gradient(double rows) => GradientSeconds + (rows * GradientRowSeconds);
}

/// <summary>What messages cost, beside the way between machines.</summary>
/// <param name="LocalSeconds">Until an actor of the same process is awake.</param>
/// <param name="LocalProcessorSeconds">Processor time of a message within a process.</param>
/// <param name="LoopbackSeconds">From one process to another on a machine, beside the processors' part.</param>
/// <param name="WakeSeconds">Processor time of a side that a message finds with nothing to do, beside the message's own.</param>
/// <param name="SendSeconds">Processor time of a message at its sender.</param>
/// <param name="SendByteSeconds">Processor time of a byte at its sender.</param>
/// <param name="ReceiveSeconds">Processor time of a message at its receiver.</param>
/// <param name="ReceiveByteSeconds">Processor time of a byte at its receiver.</param>
internal sealed record TransportCosts(
    double LocalSeconds,
    double LocalProcessorSeconds,
    double LoopbackSeconds,
    double WakeSeconds,
    double SendSeconds,
    double SendByteSeconds,
    double ReceiveSeconds,
    double ReceiveByteSeconds);

/// <summary>What a form costs in which gradients travel.</summary>
/// <param name="BytesPerParameter">Bytes of an encoded gradient for each parameter.</param>
/// <param name="EncodeParameterSeconds">Time of a parameter at the worker.</param>
/// <param name="DecodeParameterSeconds">Time of a parameter at the range.</param>
internal sealed record CompressionCosts(double BytesPerParameter, double EncodeParameterSeconds, double DecodeParameterSeconds);
