namespace DqnAkka.Environments;

/// <summary>Linear state feedback: pushes to the side that the pole falls to, less where the cart stands on the other one.</summary>
internal sealed class CartPolePolicy : IScriptedPolicy
{
    /// <inheritdoc />
    public int Act(ReadOnlySpan<float> observation)
    {
        (float position, float velocity, float angle, float angularVelocity) = (observation[0], observation[1], observation[2], observation[3]);
        return position + (1.7f * velocity) + (19f * angle) + (2.7f * angularVelocity) > 0 ? 1 : 0;
    }
}
