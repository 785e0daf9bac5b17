namespace DqnAkka.Host;

/// <summary>What the <c>node</c> command was asked.</summary>
/// <param name="Roles">The text of <c>--roles</c>.</param>
/// <param name="Configuration">Everything else.</param>
internal sealed record NodeRequest(string Roles, ConfigurationSource Configuration);
