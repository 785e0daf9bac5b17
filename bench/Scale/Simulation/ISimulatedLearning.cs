namespace DqnAkka.Bench;

/// <summary>One way to learn, as it is simulated.</summary>
internal interface ISimulatedLearning
{
    /// <summary>Updates so far.</summary>
    long Updates { get; }

    /// <summary>Rows that went into them.</summary>
    double Rows { get; }

    /// <summary>Gradients that were not used.</summary>
    long Discarded { get; }

    /// <summary>Gradients that were.</summary>
    long Applied { get; }

    /// <summary>Sum of their staleness, in versions.</summary>
    long Staleness { get; }

    /// <summary>Begins.</summary>
    void Start();
}
