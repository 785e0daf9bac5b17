namespace DqnAkka.Environments;

/// <summary>Cards of one side, from 1 (an ace) to 10.</summary>
/// <param name="Cards">The cards, four bits each, the first one in the lowest.</param>
/// <param name="Count">How many cards there are.</param>
/// <param name="HardSum">Their sum, an ace being 1.</param>
/// <param name="HasAce">Whether there is an ace.</param>
internal readonly record struct BlackjackHand(UInt128 Cards, int Count, int HardSum, bool HasAce)
{
    private const int BitsOfCard = 4;

    /// <summary>Whether an ace counts 11.</summary>
    public bool HasUsableAce => HasAce && HardSum + 10 <= 21;

    /// <summary>The sum, with 11 for an ace where that does not exceed 21.</summary>
    public int Sum => HardSum + (HasUsableAce ? 10 : 0);

    /// <summary>What the sum is worth: nothing above 21.</summary>
    public int Score => Sum > 21 ? 0 : Sum;

    /// <summary>Whether it is an ace and a ten, as dealt.</summary>
    public bool IsNatural => Count == 2 && Sum == 21;

    /// <summary>One of the cards.</summary>
    /// <param name="index">Its number.</param>
    public int this[int index] => (int)(Cards >> (index * BitsOfCard)) & 15;

    /// <summary>The hand with a card more. More than 21 cards never come together.</summary>
    /// <param name="card">The card.</param>
    public BlackjackHand With(int card) =>
        new(Cards | (UInt128)(uint)card << (Count * BitsOfCard), Count + 1, HardSum + card, HasAce | card == 1);
}
