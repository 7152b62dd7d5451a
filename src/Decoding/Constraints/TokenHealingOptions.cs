namespace Decant.Decoding;

/// <summary>
/// Token healing: takes back the prompt's last tokens and lets the first generated token begin with their bytes, so that a prompt that ends inside what the model knows as one token ("http:" before
/// "//") goes on as its training text does. The answer's text does not repeat the bytes.
/// </summary>
/// <remarks>
/// The first token's distribution is exactly the model's, given that the token begins with the bytes; spellings of them in several tokens are left out. Nothing is taken back where no longer
/// token begins with the prompt's end, nor where the prompt ends with a control token. It is for prompts that end in text (<c>LocalChatClientOptions.PlainPrompt</c>, <c>LocalGenerationOptions.AnswerPrefix</c>); a chat client refuses it for others.
/// The first token's log-probability and trace are of the whole token. Whoever uses <see cref="Generator"/> without a chat client heals with <see cref="DecodingPlan.Heal"/>.
/// </remarks>
public sealed record TokenHealingOptions : ConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "token-healing";

    /// <summary>Most tokens to take back; 1 … 16. As many are as still begin a longer token together. Default: 4.</summary>
    public int MaxTokens { get; init; } = 4;

    /// <inheritdoc/>
    public override void Validate() => Check(MaxTokens is >= 1 and <= 16, MaxTokens, nameof(MaxTokens), "from 1 to 16");

    /// <inheritdoc/>
    public override IConstraint Compile(PlanContext context)
    {
        if (context.Options.Contrast is { } contrast)
            throw new ArgumentException($"The constraint \"{Kind}\" shortens the call's prompt, but the contrast \"{contrast.Kind}\" has prompts of its own that would have to end alike. Use one of them.");
        if (context.Options.Constraints!.OfType<TokenHealingOptions>().Count() > 1) throw new ArgumentException($"The constraint \"{Kind}\" is given twice. Give it once.");
        return new TokenHealing(context.Vocabulary, MaxTokens);
    }
}

/// <summary>Demands a beginning of the first token; of a plan that no prompt was healed for, nothing.</summary>
internal sealed class TokenHealing(ITokenVocabulary vocabulary, int maxTokens, ulong[]? allowed = null, int accepted = 0) : IConstraint
{
    private int _accepted = accepted;

    public string Name => "token-healing";

    public bool Accepting => allowed is null || _accepted > 0;

    /// <summary>The constraint after a prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <returns>The constraint, how many tokens it takes the place of, and how many bytes these had.</returns>
    public (TokenHealing Constraint, int Tokens, int Bytes) After(ReadOnlySpan<int> prompt)
    {
        (TokenHealing, int, int) best = (new(vocabulary, maxTokens), 0, 0);
        List<byte> end = [];
        for (var count = 1; count <= maxTokens && count < prompt.Length && !vocabulary.IsSpecial(prompt[^count]); count++)
        {
            end.InsertRange(0, vocabulary.Bytes(prompt[^count]));
            var (tokens, isLonger) = BeginningWith([.. end]);
            if (isLonger) best = (new(vocabulary, maxTokens, tokens), count, end.Count);
        }

        return best;
    }

    public void FillMask(Span<ulong> mask)
    {
        if (Accepting) return;
        TokenMask.Restrict(mask, allowed);
    }

    public bool TryAccept(int token)
    {
        if (!Accepting && (token >> 6 >= allowed!.Length || !TokenMask.Contains(allowed, token))) return false;
        _accepted++;
        return true;
    }

    public void Rollback(int tokenCount) => _accepted -= tokenCount;

    public IConstraint Fork() => new TokenHealing(vocabulary, maxTokens, allowed, _accepted);

    private (ulong[] Tokens, bool IsLonger) BeginningWith(ReadOnlySpan<byte> bytes)
    {
        var tokens = new ulong[TokenMask.Words(vocabulary.Count)];
        var isLonger = false;
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.IsSpecial(id) || !vocabulary.Bytes(id).StartsWith(bytes)) continue;
            TokenMask.Set(tokens, id);
            isLonger |= vocabulary.Bytes(id).Length > bytes.Length;
        }

        return (tokens, isLonger);
    }
}
