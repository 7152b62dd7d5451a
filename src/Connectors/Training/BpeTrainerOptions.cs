using Decant.Connectors.Text;

namespace Decant.Connectors.Training;

/// <summary>How <see cref="BpeTrainer"/> makes a tokenizer.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>Tokens in all: special tokens, marks, the 256 bytes and the merges. Fewer when the texts hold fewer repeated pairs. Default: 2,048.</summary>
    public int VocabularySize { get; init; } = 2048;

    /// <summary>Tokens that steer the model and have no text, such as <c>&lt;|im_end|&gt;</c>. They get the first ids, in this order.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = ["<|endoftext|>"];

    /// <summary>Tokens that are never split but are text, such as <c>&lt;think&gt;</c>. They get the next ids.</summary>
    public IReadOnlyList<string> Marks { get; init; } = [];

    /// <summary>A regular expression whose matches are the words; pairs are merged inside words only. It must cover every character. Default: GPT-2's.</summary>
    public string Pattern { get; init; } = ByteLevel.Pattern;

    /// <summary>Least number of times a pair must occur to be merged; at least 1. Default: 2.</summary>
    public int MinimumCount { get; init; } = 2;

    /// <exception cref="ArgumentException">An option is out of range; the exception names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MinimumCount, 1);
        ArgumentException.ThrowIfNullOrEmpty(Pattern);
        var least = SpecialTokens.Count + Marks.Count + 256;
        if (VocabularySize < least)
            throw new ArgumentOutOfRangeException(nameof(VocabularySize), VocabularySize, $"VocabularySize must be at least {least}: the special tokens, the marks and the 256 bytes.");
        if (SpecialTokens.Concat(Marks).GroupBy(token => token).FirstOrDefault(group => group.Count() > 1 || group.Key.Length == 0) is { } twice)
            throw new ArgumentException($"The token '{twice.Key}' is empty or listed twice among SpecialTokens and Marks.", nameof(SpecialTokens));
    }
}
