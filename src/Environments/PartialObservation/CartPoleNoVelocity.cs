using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>
/// <see cref="CartPole"/> with its velocities hidden: the observation is cart position and pole angle (POPGym's PositionOnlyCartPole),
/// so that an agent must remember or compare.
/// </summary>
/// <param name="cartPole">The cart-pole.</param>
internal readonly struct CartPoleNoVelocity(CartPole cartPole) : IDynamics<CartPoleState>
{
    private static readonly BoxSpace Observations = SpaceOf(default(CartPole).ObservationSpace);

    private readonly CartPole _cartPole = cartPole;

    public BoxSpace ObservationSpace => Observations;

    public int ObservationSize => 2;

    public int ActionCount => _cartPole.ActionCount;

    public ImageSize RenderSize => _cartPole.RenderSize;

    public void Reset(ref CartPoleState state, IRandomNumbers random) => _cartPole.Reset(ref state, random);

    public void Observe(in CartPoleState state, Span<float> observation)
    {
        observation[1] = (float)state.Angle;
        observation[0] = (float)state.Position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ref CartPoleState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        StepResult result = _cartPole.Advance(ref state, action, alreadyTerminated);
        Observe(in state, observation);
        return result;
    }

    public void Render(in CartPoleState state, Canvas canvas) => _cartPole.Render(in state, canvas);

    private static BoxSpace SpaceOf(BoxSpace all) => new([all.Low[0], all.Low[2]], [all.High[0], all.High[2]]);
}
