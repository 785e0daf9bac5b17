namespace DqnAkka.Environments;

/// <summary>The full set of actions, in its order.</summary>
internal static class MinAtarAction
{
    public const int Left = 1;
    public const int Up = 2;
    public const int Right = 3;
    public const int Down = 4;
    public const int Fire = 5;

    /// <summary>How many there are, with the one that does nothing.</summary>
    public const int Count = 6;

    /// <summary>−1 for left, 1 for right, otherwise 0; without a branch, since an exploring agent's actions cannot be predicted.</summary>
    public static int Horizontal(int action) => (action == Right ? 1 : 0) - (action == Left ? 1 : 0);

    /// <summary>−1 for up, 1 for down, otherwise 0.</summary>
    public static int Vertical(int action) => (action == Down ? 1 : 0) - (action == Up ? 1 : 0);
}
