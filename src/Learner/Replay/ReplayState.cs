namespace DqnAkka.Learner;

/// <summary>What a buffer knows beside its region: with both it goes on where it was. Small, so that it can be noted after each append.</summary>
/// <param name="NextKey">The key of the next transition.</param>
/// <param name="Count">Transitions held.</param>
/// <param name="Inserts">Transitions inserted; the others before <paramref name="NextKey"/> were inherited.</param>
/// <param name="StaleEnd">Transitions with smaller keys are stale.</param>
/// <param name="EvictedEarly">Transitions that left because frames ran out.</param>
/// <param name="NextFrame">Where the next frame goes; 0 where nothing is shared.</param>
/// <param name="LargestPriority">The largest priority so far.</param>
internal readonly record struct ReplayState(
    long NextKey, int Count, long Inserts, long StaleEnd, long EvictedEarly, int NextFrame, double LargestPriority);

/// <summary>What a buffer found in the region of a former process.</summary>
/// <param name="Held">Transitions that it goes on with.</param>
/// <param name="Dropped">Transitions that the state promises and that it does without.</param>
/// <param name="Damaged">How many of those were neither intact nor overwritten by later ones whose append was not finished.</param>
/// <param name="FirstDamagedKey">The smallest key of those; −1 where there are none.</param>
/// <param name="MassesReplaced">Transitions held whose mass was none, and which got that of the largest priority.</param>
internal readonly record struct ReplayRecovery(int Held, int Dropped, int Damaged, long FirstDamagedKey, int MassesReplaced);
