using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What the length of a text is counted in.</summary>
[JsonConverter(typeof(KebabEnumConverter<LengthUnit>))]
public enum LengthUnit
{
    /// <summary>Words, as <see cref="TextUnits.Words"/> finds them.</summary>
    Words,

    /// <summary>Characters as a reader sees them (grapheme clusters).</summary>
    Characters,

    /// <summary>Sentences, as <see cref="TextUnits.Sentences"/> finds them.</summary>
    Sentences,

    /// <summary>Tokens of the target's tokenizer for the answer's text; reasoning and the end token do not count.</summary>
    Tokens,
}
