namespace DqnAkka.Environments;

/// <summary>State of <see cref="Seaquest"/>. The order within the lists counts.</summary>
internal struct SeaquestState
{
    /// <summary>Oxygen that is left, up to 200.</summary>
    public int Oxygen;

    /// <summary>Divers on board, up to 6; below 0 once six were brought up, as in the reference.</summary>
    public int DiversHeld;

    /// <summary>Column of the player.</summary>
    public int PlayerX;

    /// <summary>Row of the player, 0 (the surface) to 8.</summary>
    public int PlayerY;

    /// <summary>Whether the player faces right.</summary>
    public bool FacesRight;

    /// <summary>Whether the player was at the surface in the last act.</summary>
    public bool AtSurface;

    /// <summary>Acts between two enemies.</summary>
    public int EnemySpawnSpeed;

    /// <summary>Acts until the next enemy.</summary>
    public int EnemySpawnTimer;

    /// <summary>Acts until the next diver.</summary>
    public int DiverSpawnTimer;

    /// <summary>Acts between two moves of enemies.</summary>
    public int MoveSpeed;

    /// <summary>Acts until the player can shoot.</summary>
    public int ShotTimer;

    /// <summary>How often the game got harder.</summary>
    public int RampIndex;

    /// <summary>The player's bullets.</summary>
    public SeaquestList FriendlyBullets;

    /// <summary>The submarines' bullets.</summary>
    public SeaquestList EnemyBullets;

    /// <summary>Fish.</summary>
    public SeaquestList Fish;

    /// <summary>The enemy's submarines.</summary>
    public SeaquestList Submarines;

    /// <summary>Divers.</summary>
    public SeaquestList Divers;
}
