namespace DqnAkka.Learner;

/// <summary>How encoded gradients lie in bytes, little-endian: float32 or bfloat16 of every entry, or pairs of an index (uint32, ascending) and its float32.</summary>
internal static class GradientFormat
{
    /// <summary>Bytes of one pair.</summary>
    public const int PairBytes = sizeof(uint) + sizeof(float);
}
