namespace DqnAkka.Actors;

/// <summary>What is known of an address that a process claims while a member of the cluster has it too.</summary>
internal enum AddressClaim
{
    /// <summary>The process there was asked who it is, and has not answered yet.</summary>
    Unknown,

    /// <summary>The process there is the one that claims it, or nobody: the member is gone.</summary>
    Free,

    /// <summary>Another process is there.</summary>
    Taken,
}

/// <summary>
/// Decides between a process that was killed and started again on its address, before the cluster has noticed, and two processes that
/// are given one address. A claim is decided by who answers at the address, and is forgotten some time later.
/// </summary>
internal sealed class AddressChecks
{
    /// <summary>A process that does not answer for so long is gone.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private readonly Dictionary<(string Address, int Uid), (TimeSpan Asked, AddressClaim Claim)> _claims = [];

    /// <summary>Where the claim stands.</summary>
    /// <param name="address">The address.</param>
    /// <param name="uid">The process that claims it.</param>
    /// <param name="now">A steady clock.</param>
    /// <param name="mustAsk">Whether the process at the address is to be asked who it is.</param>
    public AddressClaim Look(string address, int uid, TimeSpan now, out bool mustAsk)
    {
        foreach ((string, int) old in _claims.Where(claim => now - claim.Value.Asked > Lifetime).Select(claim => claim.Key).ToArray())
        {
            _claims.Remove(old);
        }

        mustAsk = !_claims.TryGetValue((address, uid), out (TimeSpan Asked, AddressClaim Claim) known);
        if (mustAsk)
        {
            _claims[(address, uid)] = (now, AddressClaim.Unknown);
            return AddressClaim.Unknown;
        }

        return known.Claim == AddressClaim.Unknown && now - known.Asked >= AnswerTimeout ? AddressClaim.Free : known.Claim;
    }

    /// <summary>The process at an address has said who it is.</summary>
    public void Answered(string address, int uid)
    {
        foreach ((string Address, int Uid) key in _claims.Keys.Where(key => key.Address == address).ToArray())
        {
            _claims[key] = (_claims[key].Asked, key.Uid == uid ? AddressClaim.Free : AddressClaim.Taken);
        }
    }
}
