namespace DqnAkka.Environments;

/// <summary><see cref="MountainCar"/> with its velocity hidden: the observation is the position alone.</summary>
/// <param name="mountainCar">The mountain car.</param>
internal readonly struct MountainCarNoVelocity(MountainCar mountainCar) : IDynamics<MountainCarState>
{
    private static readonly BoxSpace Observations = SpaceOf(default(MountainCar).ObservationSpace);

    private readonly MountainCar _mountainCar = mountainCar;

    public BoxSpace ObservationSpace => Observations;

    public int ObservationSize => 1;

    public int ActionCount => _mountainCar.ActionCount;

    public ImageSize RenderSize => _mountainCar.RenderSize;

    public void Reset(ref MountainCarState state, IRandomNumbers random) => _mountainCar.Reset(ref state, random);

    public void Observe(in MountainCarState state, Span<float> observation) => observation[0] = (float)state.Position;

    public StepResult Step(ref MountainCarState state, int action, bool alreadyTerminated, IRandomNumbers random, Span<float> observation)
    {
        StepResult result = _mountainCar.Advance(ref state, action);
        Observe(in state, observation);
        return result;
    }

    public void Render(in MountainCarState state, Canvas canvas) => _mountainCar.Render(in state, canvas);

    private static BoxSpace SpaceOf(BoxSpace all) => new([all.Low[0]], [all.High[0]]);
}
