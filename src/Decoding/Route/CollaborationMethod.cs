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

    /// <summary>
    /// l decides about this token and those that the small model drafts behind it, all of which the client's model reads in one forward: as <see cref="Oracle"/> for a run of tokens, in fewer
    /// forwards. The router is asked again behind the run, which ends where the text is not what was drafted. With <see cref="CollaborationRouter.Always"/> every token is l's: the text is exact.
    /// </summary>
    Speculative,
}
