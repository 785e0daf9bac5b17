namespace DqnAkka.Environments;

/// <summary>Tasks seen through their rendered frames.</summary>
internal static class PixelRegistrations
{
    // A tenth of the usual picture each way keeps its proportions, is large enough for Nature's convolutions, and costs them a fifth of what
    // 84 by 84 would; smoothed edges show movements far below a pixel.
    public static IReadOnlyList<EnvironmentRegistration> All { get; } =
    [
        EnvironmentRegistration.Wrapped(
            "CartPolePixels-v1",
            "CartPole-v1 seen in its last four rendered frames, gray, 60 wide and 40 high",
            500,
            475.0,
            ClassicControlRegistrations.All.Single(registration => registration.Id == "CartPole-v1"),
            ["AddRenderObservation(width=60, height=40)", "GrayscaleObservation", "FrameStackObservation(stack_size=4)"]),
    ];
}
