namespace DqnAkka.Learner.Tests;

public sealed class LossesTests
{
    [Theory]
    [InlineData(LossKind.SquaredError, 1f, 3f, 4.5f, 3f)] // ½·3² = 4.5
    [InlineData(LossKind.SquaredError, 1f, -0.5f, 0.125f, -0.5f)] // ½·0.25
    [InlineData(LossKind.Huber, 1f, 0.5f, 0.125f, 0.5f)] // inside: ½·0.25
    [InlineData(LossKind.Huber, 1f, -3f, 2.5f, -1f)] // outside: 1·(3 − ½)
    [InlineData(LossKind.Huber, 2f, 5f, 8f, 2f)] // outside: 2·(5 − 1)
    [InlineData(LossKind.Huber, 2f, -2f, 2f, -2f)] // at the threshold both branches give ½·4
    [InlineData(LossKind.Huber, 0.25f, -1f, 0.21875f, -0.25f)] // 0.25·(1 − 0.125)
    public void A_loss_and_its_derivative_have_the_values_worked_out_by_hand(
        LossKind kind, float threshold, float error, float value, float derivative)
    {
        Assert.Equal(value, Losses.Value(kind, threshold, error));
        Assert.Equal(derivative, Losses.Derivative(kind, threshold, error));
    }

    [Fact]
    public void The_weighted_mean_divides_by_the_number_of_rows_and_not_by_the_weights()
    {
        float[] gradients = new float[2];
        float loss = Losses.WeightedMean(LossKind.Huber, 1f, [3f, -0.5f], [0.5f, 1f], gradients);
        Assert.Equal(0.6875f, loss); // (0.5·2.5 + 1·0.125)/2
        Assert.Equal([-0.25f, 0.25f], gradients); // −0.5·1/2 and −1·(−0.5)/2
    }
}
