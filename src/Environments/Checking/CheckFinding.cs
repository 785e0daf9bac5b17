namespace DqnAkka.Environments;

/// <summary>One rule that an environment broke.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Rule">The rule's short name, for example <c>range</c>.</param>
/// <param name="Message">One line on the first time: what, where, and what to do.</param>
/// <param name="Count">How often it was broken, at least 1.</param>
public sealed record CheckFinding(CheckSeverity Severity, string Rule, string Message, long Count);
