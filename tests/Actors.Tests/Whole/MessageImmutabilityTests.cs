using System.Reflection;
using System.Runtime.CompilerServices;
using DqnAkka.Learner;

namespace DqnAkka.Actors.Tests;

public sealed class MessageImmutabilityTests
{
    private static IEnumerable<Type> Messages => typeof(ReplayProtocol).Assembly.GetTypes()
        .Where(type => type.DeclaringType is { } outer && (outer.Name.EndsWith("Protocol", StringComparison.Ordinal) || outer.Name.EndsWith("Actor", StringComparison.Ordinal))
            && type.GetMethod("<Clone>$") is not null)
        .Concat([typeof(PolicySnapshot), typeof(RunMembers), typeof(EvaluationResult), typeof(RunSummary), typeof(ProgressReport)])
        .Concat([typeof(TransitionBatch), typeof(SampledTransitions), typeof(TrainerState)]);

    [Fact]
    public void No_message_can_be_changed_once_it_is_made()
    {
        Type[] messages = [.. Messages];
        Assert.True(messages.Length > 40, $"only {messages.Length} messages were found");
        Assert.Empty(messages.SelectMany(Mutable));
    }

    [Fact]
    public void Every_message_is_sealed() => Assert.All(Messages, type => Assert.True(type.IsSealed, type.FullName));

    [Fact]
    public void The_rule_can_fail() => Assert.Equal(["Leaky.Value", "Leaky.Count"], Mutable(typeof(Leaky)));

    private static IEnumerable<string> Mutable(Type type)
    {
        IEnumerable<string> properties = type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(property => property.SetMethod is { } setter
                && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)))
            .Select(property => property.Name);
        IEnumerable<string> fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public).Where(field => !field.IsInitOnly).Select(field => field.Name);
        return properties.Concat(fields).Select(name => $"{type.Name}.{name}");
    }

    private sealed record Leaky
    {
        public int Value { get; set; }

        public int Kept { get; init; }

#pragma warning disable CS0649, CA1051 // The field is what the rule must find.
        public int Count;
#pragma warning restore CS0649, CA1051
    }
}
