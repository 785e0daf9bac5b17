namespace DqnAkka.Environments.Tests;

/// <summary>Plays a scripted policy through the public vector interface.</summary>
internal static class PolicyEpisodes
{
    private const int Count = 20;

    /// <summary>The returns of whole episodes: the first ones of each copy, the same number from each, so that short ones are not favoured.</summary>
    public static List<double> Returns(EnvironmentSpecification specification, IScriptedPolicy policy, int episodes, ulong seed)
    {
        IVectorEnvironment environment = EnvironmentFactory.CreateVector(specification, Count);
        VectorBuffers buffers = new(environment);
        int[] actions = new int[Count];
        double[] sums = new double[Count];
        int[] ended = new int[Count];
        List<double> returns = [];
        environment.Reset(seed, 0, buffers.Observations);
        while (returns.Count < episodes)
        {
            for (int i = 0; i < Count; i++)
            {
                actions[i] = policy.Act(buffers.Row(i));
            }

            buffers.Step(environment, actions);
            for (int i = 0; i < Count; i++)
            {
                sums[i] += buffers.Rewards[i];
                if (buffers.Terminated[i] || buffers.Truncated[i])
                {
                    if (ended[i]++ < episodes / Count)
                    {
                        returns.Add(sums[i]);
                    }

                    sums[i] = 0;
                }
            }
        }

        return returns;
    }
}
