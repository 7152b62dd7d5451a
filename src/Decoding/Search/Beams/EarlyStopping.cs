using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>When a beam search has seen enough. There must be as many ended texts as there are beams in any case.</summary>
[JsonConverter(typeof(KebabEnumConverter<EarlyStopping>))]
public enum EarlyStopping
{
    /// <summary>When the best hypothesis, scored as if it ended as it is, is no better than the worst of the ended texts. With a length penalty, a longer text might have been better after all.</summary>
    Heuristic,

    /// <summary>As soon as there are so many ended texts.</summary>
    First,

    /// <summary>When no hypothesis can become better than the worst of the ended texts, by the longest that the call allows.</summary>
    Never,
}
