using TorchSharp;

namespace DqnAkka.Learner;

/// <summary>
/// Scalars that are never finalised. A sum without an explicit factor (<c>a + b</c>, <c>a.add(b)</c>, <c>a.add_(b)</c>) makes a scalar for the
/// factor 1, which nothing refers to once its handle has been read: a garbage collection at that moment frees it under the running
/// operation, which then fails or adds another multiple.
/// </summary>
internal static class TorchScalars
{
    /// <summary>1, as float32.</summary>
    public static Scalar One { get; } = 1f;
}
