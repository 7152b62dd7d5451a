using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>A model with what turns messages into its tokens, and its finished conversations.</summary>
/// <param name="model">The model.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="template">Its chat template.</param>
/// <param name="options">How many conversations are kept.</param>
/// <param name="owned">Disposed with it, when no sequence is left: the model, a share in it, or null.</param>
internal sealed class LoadedModel(ICausalModel model, TextTokenizer tokenizer, ChatTemplate template, LocalChatClientOptions options, IDisposable? owned) : IDisposable
{
    public ICausalModel Model => model;

    public TextTokenizer Tokenizer => tokenizer;

    public ChatTemplate Template => template;

    public ControlTokenGuard Guard { get; } = new(tokenizer, template);

    public PrefixCache Prefixes { get; } = new(model, options.PrefixCacheSequences, options.PrefixCacheTokens);

    /// <summary>The tokens of a prompt.</summary>
    /// <param name="text">What the template rendered.</param>
    /// <exception cref="InvalidDataException">The tokenizer has tokens that the model does not know.</exception>
    /// <exception cref="ContextOverflowException">It does not fit in the context.</exception>
    public int[] Encode(string text)
    {
        var prompt = Guard.Encode(text, addSpecialTokens: ReferenceEquals(template, ChatTemplate.Plain));
        return prompt.Length > 0 ? Check(prompt) : throw new ArgumentException("The chat template makes no text of these messages. Send a message with text.");
    }

    /// <summary>A prompt that the model can read.</summary>
    /// <param name="prompt">At least one token.</param>
    /// <exception cref="InvalidDataException">It holds a token that the model does not know.</exception>
    /// <exception cref="ContextOverflowException">It does not fit in the context.</exception>
    public int[] Check(int[] prompt)
    {
        if (prompt.Max() is var largest && largest >= model.Info.VocabularySize)
            throw new InvalidDataException($"The prompt's token '{tokenizer.Decode([largest], skipSpecialTokens: false)}' has the id {largest}, but the model knows {model.Info.VocabularySize} tokens. Tokenizer and weights do not belong together.");
        if (prompt.Length > model.Info.ContextLength) throw new ContextOverflowException(prompt.Length, model.Info.ContextLength);
        return prompt;
    }

    public void Dispose()
    {
        Prefixes.Dispose();
        owned?.Dispose();
    }
}
