namespace Decant.Decoding;

/// <summary>Values that a schema allows, and what of them it looks at in doing so: <c>unevaluatedProperties</c> and <c>unevaluatedItems</c> are about the rest.</summary>
/// <param name="Values">The values.</param>
/// <param name="Names">Names of the members that it looks at.</param>
/// <param name="Items">How many of the first items it looks at; <see cref="int.MaxValue"/> for all of them.</param>
/// <param name="Matching">Other items that it looks at, wherever they stand.</param>
internal sealed record SchemaReading(JsonValues Values, ByteRegex Names, int Items, IReadOnlyList<Formula> Matching)
{
    /// <summary>Whether it looks at anything.</summary>
    public bool Evaluates => Names.Kind != RegexKind.Nothing || Items > 0 || Matching.Count > 0;
}
