namespace DqnAkka.Environments;

/// <summary>Tasks seen through their rendered frames.</summary>
internal static class PixelRegistrations
{
    public static IReadOnlyList<EnvironmentRegistration> All { get; } =
    [
        EnvironmentRegistration.Wrapped(
            "CartPolePixels-v1",
            "CartPole-v1 seen in its last four rendered frames, gray, 84 by 84",
            500,
            475.0,
            ClassicControlRegistrations.All.Single(registration => registration.Id == "CartPole-v1"),
            ["AddRenderObservation(width=84, height=84)", "GrayscaleObservation", "FrameStackObservation(stack_size=4)"]),
    ];
}
