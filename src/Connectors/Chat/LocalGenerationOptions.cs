using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Per-call settings in this client's own terms, returned from <see cref="ChatOptions.RawRepresentationFactory"/>.</summary>
/// <remarks>
/// A member set here wins over the same setting in <see cref="ChatOptions"/>; null leaves it to <see cref="ChatOptions"/> and then
/// to the client's defaults. Caching middleware cannot see these settings: do not combine them with a response cache.
/// </remarks>
public sealed record LocalGenerationOptions
{
    /// <summary>How the call decodes: a slot set here wins over the same slot given with <c>WithDecoding</c>, and over the members below.</summary>
    public DecodingOptions? Decoding { get; init; }

    /// <summary>0 takes the likeliest token; at least 0 and finite.</summary>
    public float? Temperature { get; init; }

    /// <summary>Keeps exactly this many of the likeliest tokens; at least 1.</summary>
    public int? TopK { get; init; }

    /// <summary>Keeps the likeliest tokens that together have this probability; above 0, at most 1.</summary>
    public float? TopP { get; init; }

    /// <summary>Keeps tokens at least this fraction as likely as the likeliest; 0 … 1.</summary>
    public float? MinP { get; init; }

    /// <summary>Subtracted from a token's logit once for each time it was generated; −2 … 2.</summary>
    public float? FrequencyPenalty { get; init; }

    /// <summary>Subtracted once from the logit of every token that was generated; −2 … 2.</summary>
    public float? PresencePenalty { get; init; }

    /// <summary>Makes the draws reproducible.</summary>
    public long? Seed { get; init; }

    /// <summary>Most tokens to generate, reasoning included; at least 1.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>Texts that end the answer, in addition to <see cref="ChatOptions.StopSequences"/> and the model's own.</summary>
    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>Whose turn comes first where calls wait for one another. Also the additional property <c>priority</c>: "low", "normal" (default) or "high".</summary>
    public CallPriority? Priority { get; init; }

    /// <summary>On whose behalf the call is: where calls wait, callers of the same priority take turns. Also the additional property <c>caller</c>. Null (default): nobody's in particular.</summary>
    public string? Caller { get; init; }

    /// <summary>
    /// Most seconds from the call to the end of its answer, waiting included; above 0. A call still waiting then throws <see cref="DeadlineExceededException"/>, one that is being answered
    /// ends with what it has, as at its token limit. Also the additional property <c>deadline_seconds</c>. Null (default): none.
    /// </summary>
    public double? DeadlineSeconds { get; init; }

    /// <summary>Whether the prompt says what <see cref="ChatOptions.ResponseFormat"/> asks for. False: it is enforced all the same, and saying it is yours. Default: true.</summary>
    public bool ExplainFormat { get; init; } = true;

    /// <summary>
    /// Tokens that the answer begins with, as if the model had generated them; the response holds what follows. Constraints and penalties count from behind
    /// them. No reasoning comes before it, so a way of thinking in <see cref="DecodingOptions.Thinking"/> is refused. Default: none.
    /// </summary>
    public IReadOnlyList<int> AnswerPrefix { get; init; } = [];

    /// <summary>
    /// Tokens that are the whole prompt, as they stand: the model continues them, without a chat template and without reasoning marks or calls being looked for in what it writes. The messages are
    /// then what rewards know of the question. What a template would put into the prompt (instructions, tools, documents, an effort, a branch with another prompt) is refused, and what
    /// <see cref="ChatOptions.ResponseFormat"/> asks for is enforced but not explained. Not empty. Null (default): the messages are the prompt.
    /// </summary>
    public IReadOnlyList<int>? PromptTokens { get; init; }

    /// <summary>Most tokens of the prompt; a longer one is refused with an <see cref="ArgumentException"/>. At least 1; null (default): as many as the model's context holds.</summary>
    public int? MaxInputTokens { get; init; }
}
