namespace DqnAkka.Host;

/// <summary>What the <c>node</c> command was asked.</summary>
/// <param name="Roles">The text of <c>--roles</c>.</param>
/// <param name="Configuration">Everything else.</param>
/// <param name="IsForced">Whether a run in the folder goes on although settings differ.</param>
internal sealed record NodeRequest(string Roles, ConfigurationSource Configuration, bool IsForced = false);
