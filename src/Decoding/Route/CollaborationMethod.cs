using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What <see cref="CollaborationOptions"/> make of the rows where the client's model is asked. s is the small model's row, l the client's model's.</summary>
[JsonConverter(typeof(KebabEnumConverter<CollaborationMethod>))]
public enum CollaborationMethod
{
    /// <summary>l decides.</summary>
    Oracle,

    /// <summary>s + β (l − s), of what l finds plausible.</summary>
    Contrastive,

    /// <summary>l + α (s − u), where u is the row of the small model before it was tuned.</summary>
    Proxy,
}
