using System.Text.Json.Serialization;
using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>A token of an answer and how likely it was, in the shape of OpenAI's <c>logprobs.content</c>.</summary>
/// <param name="Token">Its text (<see cref="TokenText"/>).</param>
/// <param name="LogProbability">Natural logarithm of its probability at the stage asked for; −∞ where it was impossible there.</param>
/// <param name="Bytes">Its UTF-8 bytes. Those of all tokens together are the answer's text, also where a character takes several tokens.</param>
/// <param name="Top">The likeliest tokens at its place, the likeliest first; empty in their own entries.</param>
/// <param name="Id">Its id.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record TokenLogprob(
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("logprob")] float LogProbability,
    [property: JsonPropertyName("bytes")] IReadOnlyList<int> Bytes,
    [property: JsonPropertyName("top_logprobs")] IReadOnlyList<TokenLogprob> Top,
    [property: JsonPropertyName("id")] int Id)
{
    /// <summary>One line for people.</summary>
    public override string ToString() => FormattableString.Invariant($"{Token} {LogProbability:0.###}");

    internal static TokenLogprob Create(int id, TracedStage stage, ITokenVocabulary vocabulary)
        => Create(id, stage.LogProbability, [.. stage.Top.Select(token => Create(token.Id, token.LogProbability, [], vocabulary))], vocabulary);

    private static TokenLogprob Create(int id, float logProbability, TokenLogprob[] top, ITokenVocabulary vocabulary)
    {
        var bytes = id < vocabulary.Count ? vocabulary.Bytes(id) : [];
        var values = new int[bytes.Length];
        for (var i = 0; i < values.Length; i++) values[i] = bytes[i];
        return new TokenLogprob(TokenText.Of(bytes), logProbability, values, top, id);
    }
}
