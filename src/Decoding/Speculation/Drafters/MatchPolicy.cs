using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>Which earlier occurrence of the text's end to copy from.</summary>
[JsonConverter(typeof(KebabEnumConverter<MatchPolicy>))]
public enum MatchPolicy
{
    /// <summary>The first one of the longest end of at most <see cref="PromptLookupOptions.MaxNgram"/> tokens, as the published code does.</summary>
    First,

    /// <summary>The last one of that.</summary>
    Latest,

    /// <summary>The last one of the longest end that occurs at all, however long.</summary>
    Longest,
}
