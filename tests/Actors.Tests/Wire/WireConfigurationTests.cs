using Akka.Actor;
using Akka.Actor.Setup;

namespace DqnAkka.Actors.Tests;

public sealed class WireConfigurationTests
{
    [Fact]
    public async Task Every_message_between_nodes_is_bound_to_the_codec_and_every_serializer_named_exists()
    {
        using ActorSystem system = ActorSystem.Create("settings", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(TestSettings.Cluster)));
        Assert.All(Examples.All, message => Assert.IsType<WireSerializer>(system.Serialization.FindSerializerFor(message)));
        foreach (KeyValuePair<string, Akka.Configuration.Hocon.HoconValue> entry in system.Settings.Config.GetConfig("akka.actor.serializers").AsEnumerable())
        {
            Assert.True(Type.GetType(entry.Value.GetString()) is not null, $"the serializer {entry.Key} is of no type that exists: {entry.Value.GetString()}");
        }

        foreach (KeyValuePair<string, Akka.Configuration.Hocon.HoconValue> binding in TestSettings.Production.GetConfig("akka.actor.serialization-bindings").AsEnumerable())
        {
            Assert.True(Type.GetType(binding.Key) is not null, $"the binding {binding.Key} is of no type that exists");
        }

        Assert.False(system.Settings.Config.GetBoolean("akka.actor.serialization-settings.allow-unregistered-types", true));
        await system.Terminate();
    }

    [Fact]
    public async Task No_serializer_that_makes_what_a_frame_names_is_left()
    {
        using ActorSystem system = ActorSystem.Create("settings", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(TestSettings.Cluster)));
        string trap = $"{typeof(Trap).FullName}, {typeof(Trap).Assembly.GetName().Name}";
        Assert.All([1, 2, 3, 16, 22, 36], number => Assert.Throws<WireException>(() => system.Serialization.Deserialize([], number, trap)));
        Assert.Equal(6, WireCounters.Get(system).Rejected);
        await system.Terminate();
    }
}
