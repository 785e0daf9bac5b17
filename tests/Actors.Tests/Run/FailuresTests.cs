using System.Reflection;
using System.Runtime.InteropServices;
using Akka.Actor;
using DqnAkka.Environments;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class FailuresTests
{
    [Fact]
    public void A_message_of_ours_stands_alone_and_in_one_line() =>
        Assert.Equal("environment x failed here", Failures.Describe(new EnvironmentException("environment x failed\nhere")));

    [Fact]
    public void Another_exception_is_named() =>
        Assert.Equal("InvalidOperationException: the motor burned out", Failures.Describe(new InvalidOperationException("the motor\nburned out")));

    // It is what TorchSharp throws.
#pragma warning disable CA2201
    [Fact]
    public void An_error_of_libtorch_is_told_without_its_native_frames() => Assert.Equal(
        "ExternalException: element 0 of tensors does not require grad",
        Failures.Describe(new ExternalException("element 0 of tensors does not require grad\nException raised from run_backward\nframe #0: c10::Error::Error")));
#pragma warning restore CA2201

    [Fact]
    public void What_wraps_the_cause_is_taken_off() => Assert.Equal("checkpoint x is damaged", Failures.Describe(
        new ActorInitializationException(ActorRefs.Nobody, "creation failed", new TypeLoadException(
            "Error while creating actor instance", new TargetInvocationException(new AggregateException(new CheckpointException("checkpoint x is damaged")))))));

    [Fact]
    public void A_type_that_cannot_be_loaded_is_a_cause_itself() =>
        Assert.Equal("TypeLoadException: no such type", Failures.Describe(new TypeLoadException("no such type")));

    [Fact]
    public void An_end_without_an_exception_is_said() => Assert.Equal("it stopped without an error", Failures.Describe(null));
}
