using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What the unguided branch of <see cref="GuidanceOptions"/> reads.</summary>
[JsonConverter(typeof(KebabEnumConverter<GuidancePrompt>))]
public enum GuidancePrompt
{
    /// <summary>The prompt's last token alone.</summary>
    LastToken,

    /// <summary>Nothing but what the model begins every text with; for models that have such a token.</summary>
    None,
}
