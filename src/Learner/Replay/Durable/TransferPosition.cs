using System.Runtime.CompilerServices;

namespace DqnAkka.Learner;

/// <summary>How far a shard has taken in what another one held.</summary>
/// <param name="Source">The incarnation of the other one; 0 for none.</param>
/// <param name="Received">Batches received so far.</param>
/// <param name="Remaining">Transitions that have not come yet.</param>
/// <param name="HoldsAtMost">Transitions that the stream let the other one hold.</param>
public readonly record struct TransferPosition(long Source, int Received, int Remaining, int HoldsAtMost);

/// <summary>
/// The hand-overs of the newest sources. They lie in the commit record: a shard that is started again in the middle of one must not take in
/// twice what it already holds.
/// </summary>
[InlineArray(Length)]
internal struct TransferPositions
{
    /// <summary>Sources that have a place.</summary>
    public const int Length = 4;

    private TransferPosition _first;

    /// <summary>Keeps a position in the place of its source's last one, or of the oldest source's.</summary>
    public void Keep(TransferPosition position)
    {
        int place = 0;
        for (int i = 0; i < Length; i++)
        {
            if (this[i].Source == position.Source)
            {
                place = i;
                break;
            }

            place = this[i].Source < this[place].Source ? i : place;
        }

        if (position.Source >= this[place].Source)
        {
            this[place] = position;
        }
    }
}
