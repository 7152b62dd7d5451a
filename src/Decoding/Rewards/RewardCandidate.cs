namespace Decant.Decoding;

/// <summary>A text to score.</summary>
public sealed class RewardCandidate
{
    private readonly Func<ReadOnlyMemory<int>, string>? _read;

    internal RewardCandidate(ReadOnlyMemory<int> tokens, bool isComplete, Func<ReadOnlyMemory<int>, string> read) => (Tokens, IsComplete, _read) = (tokens, isComplete, read);

    /// <summary>A text that no model wrote.</summary>
    public RewardCandidate(string text, bool isComplete = true) => (Text, IsComplete) = (text, isComplete);

    /// <summary>Its tokens, an end token and reasoning included.</summary>
    public ReadOnlyMemory<int> Tokens { get; }

    /// <summary>The answer: without special tokens and without reasoning; empty while the model still reasons. Bytes that are no whole character yet are left out.</summary>
    public string Text => field ??= _read!(Tokens);

    /// <summary>Whether it ends here. False for a beginning, and for a text that was cut off.</summary>
    public bool IsComplete { get; }

    /// <summary>What equal candidates have in common: the tokens, or, where nobody wrote it in tokens, the text.</summary>
    internal string Key => field ??= (IsComplete ? "." : "…") + (Tokens.IsEmpty ? Text : TokenKey.Of(Tokens.Span));
}
