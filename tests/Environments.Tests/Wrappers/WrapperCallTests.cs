namespace DqnAkka.Environments.Tests;

public sealed class WrapperCallTests
{
    [Theory]
    [InlineData("GrayscaleObservation", "GrayscaleObservation")]
    [InlineData(" GrayscaleObservation ( ) ", "GrayscaleObservation")]
    [InlineData("FrameStackObservation(stack_size=4)", "FrameStackObservation|stack_size:4")]
    [InlineData("ClipReward( min_reward = -1.5 , max_reward=1e3 )", "ClipReward|min_reward:-1.5|max_reward:1e3")]
    [InlineData("A(keep=[0, 2], word=\"a, b)\", other='c')", "A|keep:[0, 2]|word:a, b)|other:c")]
    public void A_call_is_a_name_and_arguments_by_name(string text, string expected)
    {
        WrapperCall call = WrapperCall.Parse(text);
        Assert.Equal(expected, string.Join("|", call.Arguments.Select(argument => $"{argument.Key}:{argument.Value}").Prepend(call.Name)));
    }

    [Theory]
    [InlineData("", "at its end the name of a wrapper is expected")]
    [InlineData("(4)", "at '(4)' the name of a wrapper is expected")]
    [InlineData("4Stack", "at '4Stack' the name of a wrapper is expected")]
    [InlineData("FrameStackObservation(4)", "at '4)' the name of an argument (as in FrameStackObservation(name=value)) is expected")]
    [InlineData("FrameStackObservation(stack_size)", "at ')' '=' and the value of stack_size are expected: arguments are given by name")]
    [InlineData("FrameStackObservation(stack_size=)", "at ')' the value of stack_size is expected")]
    [InlineData("FrameStackObservation(stack_size=", "at its end the value of stack_size is expected")]
    [InlineData("FrameStackObservation(stack_size=4", "at its end a comma or a closing parenthesis is expected")]
    [InlineData("FrameStackObservation(stack_size=4,)", "at ')' the name of an argument")]
    [InlineData("FrameStackObservation(stack_size=4 5=6)", "at '=6)' a comma or a closing parenthesis is expected")]
    [InlineData("FrameStackObservation(stack_size=4, stack_size=5)", "at ')' the argument stack_size is given twice")]
    [InlineData("FrameStackObservation(stack_size=4) again", "at 'again' nothing is expected after the closing parenthesis")]
    [InlineData("Grayscale-Observation", "at '-Observation' the arguments in parentheses, or nothing, are expected after the name")]
    [InlineData("MaskObservation(keep=[0", "at '[0' the bracket before the value of keep is never closed")]
    [InlineData("MaskObservation(keep=\"0", "at '\"0' the quotation mark before the value of keep is never closed")]
    [InlineData("A\nB", "'A B'")]
    public void A_text_that_is_no_call_says_what_is_wrong_where(string text, string message)
    {
        string actual = Assert.Throws<EnvironmentException>(() => WrapperCall.Parse(text)).Message;
        Assert.Contains(message, actual);
        Assert.StartsWith("environment.wrappers has '", actual);
        Assert.DoesNotContain('\n', actual);
    }
}
