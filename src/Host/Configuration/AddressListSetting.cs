using DqnAkka.Actors;

namespace DqnAkka.Host;

/// <summary>A list of <c>host:port</c>; a single text may hold several with commas between them, as an environment variable must.</summary>
internal sealed record AddressListSetting(string Key) : Setting(Key)
{
    /// <inheritdoc />
    public override string Allowed => "Range: a list of host:port, or one text with commas between them";

    /// <inheritdoc />
    protected override string Expectation => "host:port for each, for example 127.0.0.1:4053";

    /// <inheritdoc />
    protected override bool TakesList => true;

    /// <inheritdoc />
    public override string Render(object value) => HoconLiteral.List(((IReadOnlyList<string>)value).Select(HoconLiteral.Quote));

    /// <inheritdoc />
    protected override string? Parse(IReadOnlyList<string> items, out object? value)
    {
        string[] addresses = [.. items.SelectMany(item => item.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        value = addresses;
        return Array.Find(addresses, address => !NodeAddress.TryParse(address, out _, out _)) is { } wrong
            ? $"holds {wrong}, which is no host:port"
            : null;
    }
}
