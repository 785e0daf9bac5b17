using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>Reads <c>--roles</c>.</summary>
internal static class RoleList
{
    /// <summary>The roles, each once, in the order in which they are documented.</summary>
    /// <exception cref="UserErrorException">There is none, or one that does not exist.</exception>
    public static IReadOnlyList<string> Parse(string text)
    {
        string[] names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
        {
            throw new UserErrorException($"--roles names no role: give some of {string.Join(",", ClusterRoles.All)}");
        }

        string? unknown = Array.Find(names, name => !ClusterRoles.All.Contains(name));
        return unknown is null
            ? [.. ClusterRoles.All.Where(names.Contains)]
            : throw new UserErrorException(
                $"--roles {text}: {unknown} is no role: did you mean {NearestKey.Find(unknown, ClusterRoles.All)}? Give some of {string.Join(",", ClusterRoles.All)}");
    }
}
