using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What is made of the scores of a text's words.</summary>
[JsonConverter(typeof(KebabEnumConverter<LexiconAggregate>))]
public enum LexiconAggregate
{
    /// <summary>Their mean over the words that the lexicon knows; 0 where it knows none.</summary>
    Mean,

    /// <summary>Their sum: longer texts have more.</summary>
    Sum,
}
