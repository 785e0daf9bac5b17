namespace DqnAkka.Environments.Tests;

/// <summary>Shows given observations one after the other, whatever is done; the number of each step is its reward. Terminates after the last.</summary>
internal sealed class ScriptedEnvironment(BoxSpace space, params float[][] script) : IEnvironment
{
    private int _next;

    /// <summary>The actions that were taken since the last reset.</summary>
    public List<int> Actions { get; } = [];

    public Space ObservationSpace => space;

    public Space ActionSpace { get; } = new DiscreteSpace(10);

    public static BoxSpace Bytes(int planes, int height, int width, int stack = 1) =>
        UniformBox.Of(ObservationType.UInt8, new PlaneShape(planes, height, width), 0, 255, stack);

    public void Seed(ulong seed, ulong index)
    {
    }

    public void Reset(Span<float> observation)
    {
        Actions.Clear();
        _next = 0;
        Show(observation);
    }

    public StepResult Step(int action, Span<float> observation)
    {
        Actions.Add(action);
        Show(observation);
        return new StepResult(_next - 1, _next == script.Length, false);
    }

    private void Show(Span<float> observation) => script[_next++].CopyTo(observation);
}
