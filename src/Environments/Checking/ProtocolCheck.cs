namespace DqnAkka.Environments;

/// <summary>Makes the mistakes that an environment must not let pass: a step before the first reset, and actions outside the space.</summary>
internal static class ProtocolCheck
{
    /// <summary>Makes them on a fresh copy, and leaves it after a reset and a few steps.</summary>
    public static void Run(CheckedCopy copy, int actionCount, ulong seed, CheckFindings findings)
    {
        StepBeforeReset(copy, seed, findings);
        if (!copy.Begin(seed, 0))
        {
            return;
        }

        RequireRefused(copy, -1, actionCount, findings);
        if (copy.Reset())
        {
            RequireRefused(copy, actionCount, actionCount, findings);
        }

        if (copy.Reset() && copy.Step(0, out StepResult result) && (result.Terminated || result.Truncated))
        {
            copy.Reset();
        }
    }

    private static void StepBeforeReset(CheckedCopy copy, ulong seed, CheckFindings findings)
    {
        float[] observation = new float[copy.Observation.Length];
        try
        {
            copy.Environment.Seed(seed, 0);
            copy.Environment.Step(0, observation);
            findings.Warn("order", static () => "a Step before the first Reset is not refused: throw InvalidOperationException, so that a caller's mistake shows");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // As it should be; where Seed is to blame, the walks have said so.
        }
    }

    private static void RequireRefused(CheckedCopy copy, int action, int actionCount, CheckFindings findings)
    {
        float[] observation = new float[copy.Observation.Length];
        try
        {
            copy.Environment.Step(action, observation);
            findings.Breach("action", () => $"Step({action}) is not refused: throw ArgumentOutOfRangeException for actions outside 0 to {actionCount - 1}");
        }
        catch (ArgumentOutOfRangeException)
        {
            // As it should be.
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            findings.Warn("action-exception", () => $"Step({action}) threw {OneLine.Of(exception)}: ArgumentOutOfRangeException says better what is wrong");
        }
    }
}
