using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace DqnAkka.Environments;

/// <summary>Something that swims in <see cref="Seaquest"/>. Timers that it has no use for are 0.</summary>
/// <param name="X">Column.</param>
/// <param name="Y">Row.</param>
/// <param name="Rightward">Whether it goes right.</param>
/// <param name="MoveTimer">Acts until it moves.</param>
/// <param name="ShotTimer">Acts until it shoots.</param>
internal record struct SeaquestEntity(sbyte X, sbyte Y, bool Rightward, sbyte MoveTimer = 0, sbyte ShotTimer = 0)
{
    /// <summary>The columns that it moves by.</summary>
    public readonly int Direction => Rightward ? 1 : -1;

    /// <summary>Whether it is at a place.</summary>
    public readonly bool IsAt(int x, int y) => X == x & Y == y;
}

/// <summary>
/// A list inside the state. 128 places are more than a game can fill: at most one enemy comes in an act, at the slowest it moves every sixth
/// act and has left after 60, so there are never more than 60; a diver comes every 30 acts and has left after 60; the player's bullets come every
/// fifth act and leave within ten; each submarine shoots every eleventh act, and its bullets leave within ten, so that there are hardly more
/// bullets than submarines. A state from elsewhere that fills it is refused by an exception.
/// </summary>
internal struct SeaquestList
{
    public const int Capacity = 128;

    // In front of the places, where a short list needs one cache line.
    private int _count;
    private Places _places;

    /// <summary>Entities in the list.</summary>
    public readonly int Count => _count;

    /// <summary>The entities in their order.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<SeaquestEntity> All => ((ReadOnlySpan<SeaquestEntity>)_places)[..Count];

    /// <summary>The entity of an index below <see cref="Count"/>.</summary>
    [UnscopedRef]
    public ref SeaquestEntity this[int index] => ref _places[index];

    /// <summary>Appends an entity.</summary>
    /// <exception cref="InvalidOperationException">The list is full.</exception>
    public void Add(SeaquestEntity entity)
    {
        if (_count == Capacity)
        {
            throw new InvalidOperationException($"a list of Seaquest holds {Capacity} entities, and is full");
        }

        _places[_count++] = entity;
    }

    /// <summary>Removes the first entity at a place. Returns whether there was one.</summary>
    public bool RemoveAt(int x, int y)
    {
        for (int i = 0; i < Count; i++)
        {
            if (_places[i].IsAt(x, y))
            {
                Delete(i);
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Removes the first entity that equals the one of an index, as the reference does: of two that are equal the earlier one goes.
    /// </summary>
    /// <returns>The index of the entity afterwards; −1 where it is the one that went.</returns>
    public int Remove(int index)
    {
        int first = 0;
        while (_places[first] != _places[index])
        {
            first++;
        }

        Delete(first);
        return first == index ? -1 : index - 1;
    }

    private void Delete(int index)
    {
        Span<SeaquestEntity> places = _places;
        places[(index + 1)..Count].CopyTo(places[index..]);
        _count--;
    }

    [InlineArray(Capacity)]
    private struct Places
    {
        private SeaquestEntity _entity;
    }
}
