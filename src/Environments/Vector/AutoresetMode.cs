namespace DqnAkka.Environments;

/// <summary>When a copy of a vector environment whose episode ended is reset (Gymnasium's <c>AutoresetMode</c>).</summary>
public enum AutoresetMode
{
    /// <summary>Within the step that ends the episode; the observation returned is already that of the new episode.</summary>
    SameStep,

    /// <summary>In place of the next step, whose action is ignored and whose reward is 0.</summary>
    NextStep,

    /// <summary>By the caller, through <see cref="SyncVectorEnvironment.Reset(ReadOnlySpan{bool}, Span{float})"/>.</summary>
    Disabled,
}
