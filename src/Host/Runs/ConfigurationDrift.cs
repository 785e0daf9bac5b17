using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>A run goes on with the settings that it had, or the user says that it should not.</summary>
internal static class ConfigurationDrift
{
    /// <summary>Compares what a run has had with what it is to go on with.</summary>
    /// <param name="path">The run's folder.</param>
    /// <param name="there">What it has had.</param>
    /// <param name="here">What it is to go on with.</param>
    /// <param name="isForced">Whether the run goes on although settings differ; what its state is laid out by must still be the same.</param>
    /// <param name="matters">Whether a key matters.</param>
    /// <param name="elsewhere">The other way for one who wants the new settings.</param>
    /// <returns>One line that says which settings change from what to what where that is forced, or null where none does.</returns>
    /// <exception cref="UserErrorException">Settings differ; the keys are listed with both values.</exception>
    public static string? Require(
        string path, ResolvedConfiguration there, ResolvedConfiguration here, bool isForced, Func<string, bool> matters, string elsewhere)
    {
        (string Key, string There, string Here)[] different =
        [
            .. from key in here.Node.Agreement.Keys.Union(there.Node.Agreement.Keys)
               where matters(key)
               let before = there.Node.Agreement.GetValueOrDefault(key, "nothing")
               let after = here.Node.Agreement.GetValueOrDefault(key, "nothing")
               where before != after
               select (key, before, after),
        ];
        if (different.Length == 0)
        {
            return null;
        }

        string? misfit = ShardFilesFit.Misfit(there.Options, here.Options);
        if (!isForced)
        {
            string emptying = misfit is null ? "" : $", which sets the replay shards' files aside ({misfit})";
            string way = different.All(difference => SharedKeys.CanChange(difference.Key))
                ? $"give the same configuration, {elsewhere}, or --force to go on with this one{emptying}"
                : $"give the same configuration, or {elsewhere}";
            throw new UserErrorException($"run directory {path} holds a run with another configuration ({Differences(different)}): {way}");
        }

        (string Key, string There, string Here)[] fixedOnes = [.. different.Where(difference => !SharedKeys.CanChange(difference.Key))];
        string loss = misfit is null ? "" : $"; the replay shards' files do not fit that ({misfit}) and are set aside, so the shards begin empty";
        return fixedOnes.Length > 0
            ? throw new UserErrorException(
                $"the run in {path} cannot go on with other values of these keys, --force or not ({Differences(fixedOnes)}): what it has learned and counted would mean nothing; give the same, or {elsewhere}")
            : $"the run in {path} goes on with other settings, as --force demands: {string.Join("; ", different.Select(difference => $"{difference.Key} from {difference.There} to {difference.Here}"))}{loss}";
    }

    private static string Differences(IEnumerable<(string Key, string There, string Here)> differences) =>
        string.Join("; ", differences.Select(difference => $"{difference.Key} is {difference.There} there and {difference.Here} here"));
}
