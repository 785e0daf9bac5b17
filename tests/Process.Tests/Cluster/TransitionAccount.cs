using DqnAkka.Actors;

namespace DqnAkka.Process.Tests;

/// <summary>
/// Follows every transition that runners were told is held: it is held, was evicted by capacity, or was on a process that was killed.
/// </summary>
internal sealed class TransitionAccount
{
    private readonly Dictionary<(string Address, int Life), Dictionary<(int Shard, long Incarnation), long>> _acknowledged = [];
    private readonly Dictionary<string, int> _lives = [];
    private readonly Dictionary<(int Shard, long Incarnation), ShardStatus> _shards = [];
    private HashSet<(int Shard, long Incarnation)> _living = [];
    private bool _runnersAreClosed;

    /// <summary>Takes a status of the whole cluster.</summary>
    public void Add(IReadOnlyList<NodeStatus> nodes)
    {
        foreach (NodeStatus node in nodes.Where(node => node.Runners is not null && !_runnersAreClosed))
        {
            _acknowledged[(node.Address, _lives.GetValueOrDefault(node.Address))] = node.Runners!.Acknowledged
                .ToDictionary(entry => (entry.Shard, entry.Incarnation), entry => entry.Transitions);
        }

        ShardStatus[] shards = [.. nodes.SelectMany(node => node.Shards)];
        foreach (ShardStatus shard in shards)
        {
            _shards[(shard.Shard, shard.Incarnation)] = shard;
        }

        _living = [.. shards.Select(shard => (shard.Shard, shard.Incarnation))];
    }

    /// <summary>The process at that address begins to count anew.</summary>
    public void Forget(string address) => _lives[address] = _lives.GetValueOrDefault(address) + 1;

    /// <summary>What runners are told from now on is left out: the shards are asked after them.</summary>
    public void CloseRunners() => _runnersAreClosed = true;

    /// <summary>What each shard that lives has inserted, by its newest status.</summary>
    public IReadOnlyDictionary<(int Shard, long Incarnation), long> Inserts => _living.ToDictionary(key => key, key => _shards[key].Inserts);

    /// <summary>One line for each incarnation of a shard, and what does not add up.</summary>
    public (IReadOnlyList<string> Lines, IReadOnlyList<string> Errors) Close()
    {
        Dictionary<(int Shard, long Incarnation), long> acknowledged = _acknowledged.Values
            .SelectMany(counts => counts)
            .GroupBy(entry => entry.Key)
            .ToDictionary(group => group.Key, group => group.Sum(entry => entry.Value));
        List<string> lines = [];
        List<string> errors = [];
        foreach ((int Shard, long Incarnation) key in _shards.Keys.Union(acknowledged.Keys).Order())
        {
            long told = acknowledged.GetValueOrDefault(key);
            _shards.TryGetValue(key, out ShardStatus? shard);
            string where = _living.Contains(key) ? "lives" : "moved, or was killed with its process";
            lines.Add(
                $"shard {key.Shard} incarnation {key.Incarnation}: {told} acknowledged, {shard?.Inserts ?? 0} inserted, {shard?.Inherited ?? 0} inherited, {shard?.Count ?? 0} held, {shard?.Evicted ?? 0} evicted; {where}");
            if (_living.Contains(key) && told > shard!.Inserts)
            {
                errors.Add($"shard {key.Shard} holds {shard.Inserts} of {told} transitions that it has acknowledged");
            }

            if (shard is not null && shard.Inserts + shard.Inherited != shard.Count + shard.Evicted)
            {
                errors.Add($"shard {key.Shard}: {shard.Inserts} inserted and {shard.Inherited} inherited are not {shard.Count} held and {shard.Evicted} evicted");
            }
        }

        lines.Add($"acknowledged in all {acknowledged.Values.Sum()}: {acknowledged.Where(entry => _living.Contains(entry.Key)).Sum(entry => entry.Value)} to shards that live, {acknowledged.Where(entry => !_living.Contains(entry.Key)).Sum(entry => entry.Value)} to shards that moved or were killed");
        return (lines, errors);
    }
}
