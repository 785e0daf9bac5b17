using System.Collections.Concurrent;
using System.Text;

namespace DqnAkka.Environments;

/// <summary>Makes Gymnasium's environments as a configuration names them, the stack of frames included.</summary>
internal static class GymnasiumEnvironments
{
    private static readonly ConcurrentDictionary<string, (ObservationFormat Observation, int ActionCount)> Spaces = new(StringComparer.Ordinal);

    /// <summary>Makes one copy.</summary>
    /// <exception cref="EnvironmentException">It cannot be made as asked.</exception>
    public static IEnvironment Create(EnvironmentSpecification specification, Action<string>? log)
    {
        GymnasiumSetup setup = GymnasiumSetup.Read(specification);
        GymnasiumEnvironment environment = new(setup, log);
        try
        {
            return setup.StackSize > 1 ? new FrameStackObservation(environment, setup.StackSize) : environment;
        }
        catch
        {
            environment.Dispose();
            throw;
        }
    }

    /// <summary>Makes copies that step together.</summary>
    /// <exception cref="EnvironmentException">They cannot be made as asked.</exception>
    public static IVectorEnvironment CreateVector(EnvironmentSpecification specification, int count, Action<string>? log)
    {
        GymnasiumSetup setup = GymnasiumSetup.Read(specification);
        GymnasiumVectorEnvironment environment = new(setup, count, log);
        try
        {
            return setup.StackSize > 1 ? new FrameStackVectorEnvironment(environment, setup.StackSize) : environment;
        }
        catch
        {
            environment.Dispose();
            throw;
        }
    }

    /// <summary>The spaces, for which a process is started once: they do not change while this one runs.</summary>
    /// <exception cref="EnvironmentException">It cannot be made as asked.</exception>
    public static (ObservationFormat Observation, int ActionCount) ReadSpaces(EnvironmentSpecification specification)
    {
        GymnasiumSetup setup = GymnasiumSetup.Read(specification);
        string hello = Encoding.UTF8.GetString(BridgeHandshake.Hello(setup, copies: 1, isRendered: false, resetsItself: true));
        string key = $"{specification.Python}\n{setup.StackSize}\n{hello}";
        if (!Spaces.TryGetValue(key, out (ObservationFormat Observation, int ActionCount) spaces))
        {
            using IVectorEnvironment environment = CreateVector(specification, 1, log: null);
            spaces = EnvironmentSpaces.RequireVectorObservationsAndDiscreteActions(
                specification.DisplayName, environment.ObservationSpace, environment.ActionSpace);
            Spaces[key] = spaces;
        }

        return spaces;
    }
}
