namespace DqnAkka.Environments;

/// <summary>What the gripper of <see cref="GridGrasp"/> can do, by the number of the action.</summary>
internal enum GridGraspAction
{
    /// <summary>One row up the picture.</summary>
    North,

    /// <summary>One row down the picture.</summary>
    South,

    /// <summary>One column to the right.</summary>
    East,

    /// <summary>One column to the left.</summary>
    West,

    /// <summary>From up to down, or back.</summary>
    ToggleHeight,

    /// <summary>From open to closed, or back.</summary>
    ToggleJaws,
}
