namespace DqnAkka.Environments;

/// <summary>Diagnostic tasks of bsuite (Osband et al. 2020). They end by themselves, and nobody has set a threshold for them.</summary>
internal static class BsuiteRegistrations
{
    private const string CatchId = "bsuite/catch-v0";
    private const string DeepSeaId = "bsuite/deep_sea-v0";
    private const string DiscountingChainId = "bsuite/discounting_chain-v0";
    private const string MemoryChainId = "bsuite/memory_chain-v0";
    private const string UmbrellaChainId = "bsuite/umbrella_chain-v0";
    private const int LongestSide = 256;
    private const int LongestChain = 1_000_000;

    public static IReadOnlyList<EnvironmentRegistration> All { get; } =
    [
        EnvironmentRegistration.Of<Catch, CatchState>(
            CatchId,
            "be under a falling ball with a paddle",
            0,
            null,
            [new("rows", 10, "rows that the ball falls through"), new("columns", 5, "columns that it may fall in")],
            values => new Catch(Side(CatchId, "rows", values[0], 2), Side(CatchId, "columns", values[1], 1))),
        EnvironmentRegistration.Of<DeepSea, DeepSeaState>(
            DeepSeaId,
            "find the one way to a treasure, against small costs",
            0,
            null,
            [
                new("size", 10, "rows and columns"),
                new("deterministic", true, "steps succeed always and rewards are without noise"),
                new("randomize_actions", true, "which action means right differs from cell to cell"),
                new("mapping_seed", 42, "says which action means right in which cell; the cells are this library's own, not numpy's"),
            ],
            NewDeepSea),
        EnvironmentRegistration.Of<DiscountingChain, DiscountingChainState>(
            DiscountingChainId,
            "choose between rewards that come sooner or later",
            0,
            null,
            [new("mapping_seed", 0, "the chain that pays a tenth more, modulo 5: rewards come after 1, 3, 10, 30 and 100 steps")],
            values => new DiscountingChain(
                ArgumentRange.Require(DiscountingChainId, "mapping_seed", (int)values[0]!, 0, int.MaxValue) % DiscountingChain.ChainCount)),
        EnvironmentRegistration.Of<MemoryChain, MemoryChainState>(
            MemoryChainId,
            "remember what was shown at the beginning",
            0,
            null,
            [new("memory_length", 10, "steps for which to remember"), new("num_bits", 1, "bits to remember, of which one is asked for")],
            values => new MemoryChain(
                ArgumentRange.Require(MemoryChainId, "memory_length", (int)values[0]!, 1, LongestChain),
                ArgumentRange.Require(MemoryChainId, "num_bits", (int)values[1]!, 1, BitRow.MaxCount))),
        EnvironmentRegistration.Of<UmbrellaChain, UmbrellaChainState>(
            UmbrellaChainId,
            "see which of all actions the last reward is for",
            0,
            null,
            [new("chain_length", 10, "steps of an episode"), new("n_distractor", 0, "observed bits without a meaning")],
            values => new UmbrellaChain(
                ArgumentRange.Require(UmbrellaChainId, "chain_length", (int)values[0]!, 1, LongestChain),
                ArgumentRange.Require(UmbrellaChainId, "n_distractor", (int)values[1]!, 0, BitRow.MaxCount))),
    ];

    private static DeepSea NewDeepSea(object?[] values)
    {
        int size = Side(DeepSeaId, "size", values[0], 1);
        int seed = ArgumentRange.Require(DeepSeaId, "mapping_seed", (int)values[3]!, 0, int.MaxValue);
        return new DeepSea(size, (bool)values[1]!, (bool)values[2]! ? DeepSea.RandomMapping(size, seed) : DeepSea.PlainMapping(size));
    }

    private static int Side(string id, string argument, object? value, int least) => ArgumentRange.Require(id, argument, (int)value!, least, LongestSide);
}
