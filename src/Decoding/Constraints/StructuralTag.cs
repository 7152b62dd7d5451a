using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>A constrained part of a text: see <see cref="StructuralTagOptions"/>.</summary>
/// <param name="Begin">What it begins with. Special tokens of the vocabulary, written as they are written there, are those tokens. Default: nothing.</param>
/// <param name="Content">What follows; any constraint that a grammar describes, such as a JSON schema or structural tags of its own. Null (default): nothing.</param>
/// <param name="End">What it ends with, as <paramref name="Begin"/>. Default: nothing.</param>
public sealed record StructuralTag(
    string Begin = "", [property: JsonConverter(typeof(StrategyConverter<ConstraintOptions>))] ConstraintOptions? Content = null, string End = "");
