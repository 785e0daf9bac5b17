namespace DqnAkka.Actors;

/// <summary>What becomes of gradients.</summary>
internal abstract record GradientDecision;

/// <summary>The next update.</summary>
/// <param name="Version">The version that it makes.</param>
/// <param name="Gradients">The gradients in it, each with the share 1/k.</param>
/// <param name="LearningRateFactor">What the learning rate is multiplied by: below 1 for a gradient older than the bound, where those are scaled.</param>
internal sealed record GradientsApplied(long Version, IReadOnlyList<GradientProtocol.GradientComputed> Gradients, double LearningRateFactor) : GradientDecision;

/// <summary>A gradient is not used.</summary>
/// <param name="Gradient">The gradient.</param>
/// <param name="Reason">Why.</param>
/// <param name="Fault">What a range found wrong with it, one line; empty where none did.</param>
internal sealed record GradientDropped(GradientProtocol.GradientComputed Gradient, GradientProtocol.DiscardReason Reason, string Fault) : GradientDecision;
