namespace DqnAkka.Learner.Tests;

public sealed class TemporalDifferenceTests
{
    private static readonly float[] Target = [1f, 5f, 3f, /**/ -2f, -1f, -4f];
    private static readonly float[] Online = [9f, 0f, 2f, /**/ 0f, 1f, 7f];

    [Fact]
    public void DQN_bootstraps_from_the_target_networks_maximum()
    {
        float[] bootstraps = new float[2];
        TemporalDifference.Bootstrap(Target, Target, 3, bootstraps);
        Assert.Equal([5f, -1f], bootstraps);
    }

    [Fact]
    public void Double_DQN_evaluates_the_online_networks_choice_by_the_target_network()
    {
        float[] bootstraps = new float[2];
        TemporalDifference.Bootstrap(Online, Target, 3, bootstraps);
        Assert.Equal([1f, -4f], bootstraps);
    }

    [Fact]
    public void An_error_is_the_return_and_the_discounted_bootstrap_less_the_chosen_value()
    {
        float[] errors = new float[2];
        TemporalDifference.Errors([1f, 2f], [0.5f, 0f], [4f, 100f], [2f, 3f], errors);
        Assert.Equal([1f, -1f], errors); // 1 + 0.5·4 − 2, and 2 + 0 − 3 after a terminal state
    }

    [Fact]
    public void Of_equal_values_the_first_action_is_greedy()
    {
        int[] actions = new int[3];
        GreedySelection.Select([1f, 1f, 0f, /**/ 0f, 2f, 2f, /**/ 3f, 3f, 3f], 3, actions);
        Assert.Equal([0, 1, 0], actions);
    }
}
