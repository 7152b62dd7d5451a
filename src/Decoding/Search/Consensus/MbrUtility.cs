using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>How alike two texts are, from 0 to 1.</summary>
[JsonConverter(typeof(KebabEnumConverter<MbrUtility>))]
public enum MbrUtility
{
    /// <summary>
    /// chrF (Popović, 2015): precision and recall of the n-grams of 1 to 6 characters, white space left out, each averaged over those n that both texts have n-grams of, and combined with β = 2. Suits running text.
    /// </summary>
    Chrf,

    /// <summary>F1 of their words, as often as they occur, in lower case and without punctuation. Suits short answers.</summary>
    TokenF1,

    /// <summary>1 where they are the same, otherwise 0: the text that was drawn most often.</summary>
    Exact,
}
