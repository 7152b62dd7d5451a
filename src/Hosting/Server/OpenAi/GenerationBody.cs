using System.Text.Json;

namespace Decant.Hosting.Server;

/// <summary>What requests for chat and for plain completions have in common.</summary>
internal abstract record GenerationBody : KnownMembers
{
    public string? Model { get; init; }

    public int? MaxTokens { get; init; }

    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public int? N { get; init; }

    public bool? Stream { get; init; }

    public StreamOptionsBody? StreamOptions { get; init; }

    public JsonElement? Stop { get; init; }

    public float? FrequencyPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    public JsonElement? LogitBias { get; init; }

    public long? Seed { get; init; }

    public string? ServiceTier { get; init; }

    /// <summary>Who asks: without effect on the answer, but where calls wait users take turns.</summary>
    public string? User { get; init; }

    /// <summary>Who asks by the key, where the server has several: users of one key share its turns. No member of a request.</summary>
    internal string? KeyOwner { get; init; }

    // From here on the members are this server's own.
    public JsonElement? Decoding { get; init; }

    public int? TopK { get; init; }

    public float? MinP { get; init; }

    public float? RepetitionPenalty { get; init; }

    public int? NoRepeatNgramSize { get; init; }

    public string? Priority { get; init; }

    public double? DeadlineSeconds { get; init; }
}
