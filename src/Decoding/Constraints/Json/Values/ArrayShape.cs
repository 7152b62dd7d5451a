namespace Decant.Decoding;

/// <summary>A set of arrays.</summary>
/// <param name="First">What the first items are, as far as they come.</param>
/// <param name="Rest">What the items behind those are.</param>
internal sealed record ArrayShape(IReadOnlyList<Formula> First, Formula Rest)
{
    /// <summary>The fewest items.</summary>
    public long Min { get; init; }

    /// <summary>The most items; null for any number.</summary>
    public long? Max { get; init; }

    /// <summary>How many items are how.</summary>
    public IReadOnlyList<ItemCount> Counts { get; init; } = [];

    /// <summary>The schema which says that no two items are the same, or null.</summary>
    public SchemaNode? Unique { get; init; }

    /// <summary>What an item is.</summary>
    public Formula Item(int index) => index < First.Count ? First[index] : Rest;
}

/// <summary>How many items of an array are how.</summary>
/// <param name="Item">How.</param>
/// <param name="From">The first item that counts.</param>
/// <param name="Min">The fewest.</param>
/// <param name="Max">The most; null for any number.</param>
internal sealed record ItemCount(Formula Item, int From, long Min, long? Max);
