using System.Text.Json;
using Decant.Connectors.Text;

namespace Decant.Hosting.Server;

/// <summary>A text that is to be continued.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Tokens">What the model reads.</param>
internal sealed record CompletionPrompt(string Text, IReadOnlyList<int> Tokens)
{
    private const string Wanted = "prompt must be a text, a list of texts, a list of token ids, or a list of such lists; none of them empty.";

    /// <exception cref="ApiException">It is none of the forms that OpenAI has for prompts.</exception>
    public static IReadOnlyList<CompletionPrompt> Read(JsonElement? prompt, TextTokenizer tokenizer)
    {
        if (prompt is { ValueKind: JsonValueKind.String } text) return [OfText(text, tokenizer)];
        if (prompt is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0) throw ApiException.Invalid(Wanted, "prompt");
        return list[0].ValueKind switch
        {
            JsonValueKind.String => [.. list.EnumerateArray().Select(item => OfText(item, tokenizer))],
            JsonValueKind.Number => [OfTokens(list, tokenizer)],
            _ => [.. list.EnumerateArray().Select(item => OfTokens(item, tokenizer))],
        };
    }

    // The whole prompt is the caller's, so control tokens in it are meant as such.
    private static CompletionPrompt OfText(JsonElement item, TextTokenizer tokenizer)
    {
        if (item.ValueKind != JsonValueKind.String) throw ApiException.Invalid(Wanted, "prompt");
        var text = item.GetString()!;
        return tokenizer.Encode(text) is { Length: > 0 } tokens ? new(text, tokens) : throw ApiException.Invalid(Wanted, "prompt");
    }

    private static CompletionPrompt OfTokens(JsonElement list, TextTokenizer tokenizer)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0) throw ApiException.Invalid(Wanted, "prompt");
        int[] tokens = [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var token) ? token : throw ApiException.Invalid(Wanted, "prompt"))];
        return Array.TrueForAll(tokens, token => (uint)token < (uint)tokenizer.Count)
            ? new(tokenizer.Decode(tokens, skipSpecialTokens: false), tokens)
            : throw ApiException.Invalid($"prompt holds a token that is none of the model's 0 … {tokenizer.Count - 1}.", "prompt");
    }
}
