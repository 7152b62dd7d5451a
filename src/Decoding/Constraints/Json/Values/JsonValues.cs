namespace Decant.Decoding;

/// <summary>A set of JSON values, type by type. Arrays and objects are any of several shapes, whose parts are <see cref="Formula"/>s: what is inside is not read before it is needed.</summary>
internal sealed record JsonValues
{
    public bool Null { get; init; }

    public bool True { get; init; }

    public bool False { get; init; }

    /// <summary>Numbers, as they are written without exponents (<see cref="NumberLanguage.All"/>).</summary>
    public required ByteRegex Numbers { get; init; }

    /// <summary>The contents of texts, without escapes, in UTF-8.</summary>
    public required ByteRegex Strings { get; init; }

    public IReadOnlyList<ArrayShape> Arrays { get; init; } = [];

    public IReadOnlyList<ObjectShape> Objects { get; init; } = [];
}
