namespace DqnAkka.Learner;

/// <summary>What must hold of several devices that learn together.</summary>
internal static class DeviceLists
{
    /// <summary>The key.</summary>
    public const string Key = "dqn.learner.devices";

    /// <summary>Whether the options name devices that are to be used.</summary>
    public static bool IsGiven(LearnerOptions options) => options.Mode == LearnerMode.DataParallel && options.Devices.Count > 0;

    /// <summary>Chooses each device as the only one would be, and refuses what cannot learn together.</summary>
    /// <param name="options">Devices and batch.</param>
    /// <param name="resolve">Given a device's own key and name, what it is.</param>
    /// <exception cref="LearnerException">There are more devices than rows in a batch, or they do not round alike.</exception>
    public static DeviceChoice Choose(LearnerOptions options, Func<string, string, DeviceChoice> resolve)
    {
        if (options.Devices.Count > options.BatchSize)
        {
            throw new LearnerException(
                $"{Key} names {options.Devices.Count} devices and dqn.learner.batch-size = {options.BatchSize}: each device takes at least one row of a batch, so name fewer devices or take larger batches")
            { IsFinal = true };
        }

        DeviceChoice[] choices = [.. options.Devices.Select((device, index) => resolve($"{Key}[{index}]", device))];
        string[] names = [.. choices.Select(choice => choice.Name)];
        return choices.Select(choice => choice.IsCpu).Distinct().Count() > 1
            ? throw Mixed(names)
            : new DeviceChoice(string.Join(", ", names), $"{Key} says so") { Devices = names };
    }

    /// <summary>Devices that would drift apart.</summary>
    public static LearnerException Mixed(IReadOnlyList<string> devices) => new(
        $"{Key} = [{string.Join(", ", devices)}] mixes devices that round differently, and replicas have to stay equal bit by bit: name only cpu or only CUDA devices")
    { IsFinal = true };
}
