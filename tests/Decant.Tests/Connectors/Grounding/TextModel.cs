using Decant.Connectors.Chat;
using Decant.Tests.Conformance;

namespace Decant.Tests.Connectors.Grounding;

/// <summary>A table model of texts, a byte a token: what may follow is said as a function of the prompt and of what the assistant has said so far.</summary>
internal static class TextModel
{
    /// <summary>Ends the turn.</summary>
    public const char End = '\0';

    private static readonly int _end = TestChat.Tokenizer.Find("<|end|>")!.Value;

    /// <param name="next">Gives the characters that can come next with their probabilities; they sum to 1.</param>
    public static TableModel Of(Func<string, string, (char Next, double Probability)[]> next) => new(TestChat.Tokenizer.Count, (tokens, logits) =>
    {
        var text = TestChat.Tokenizer.Decode(tokens, skipSpecialTokens: false);
        var cut = text.LastIndexOf("<|assistant|>", StringComparison.Ordinal);
        logits.Fill(float.NegativeInfinity);
        if (cut < 0) logits[_end] = 0;
        else foreach (var (character, probability) in next(text[..cut], text[(cut + "<|assistant|>".Length)..])) logits[Token(character)] = (float)Math.Log(probability);
    });

    public static LocalChatClient Client(TableModel model) => TestChat.Client(model);

    private static int Token(char character) => character == End ? _end : TestChat.ByteToken((byte)character);
}
