namespace Decant.Connectors.Grounding;

/// <summary>How a <see cref="ContextNavigator"/> explores.</summary>
public sealed record ContextNavigationOptions
{
    /// <summary>Times the list of answers is shown to the model; at least 1. Default: 4.</summary>
    public int Rounds { get; init; } = 4;

    /// <summary>Answers begun in each round; at least 1. Default: 1.</summary>
    public int BranchesPerRound { get; init; } = 1;

    /// <summary>How far down the ranking of next tokens to look for one that began no answer yet; at least 1. Default: 100.</summary>
    public int MaxRank { get; init; } = 100;

    /// <summary>
    /// Whether an answer goes on from the call's own prompt and its first token, so that the list decides nothing but how it begins. False: it continues the list, up to the
    /// end of the line. Default: true.
    /// </summary>
    public bool ContinueFromInitialPrompt { get; init; } = true;

    /// <summary>
    /// How the model's turn lists an answer: a text with <c>{answer}</c> and, if wanted, <c>{number}</c>, counted from 1. The list ends with the next line up to where its answer
    /// would stand. Default: "{number}. {answer}" and a line break.
    /// </summary>
    public string ListTemplate { get; init; } = "{number}. {answer}\n";

    /// <exception cref="ArgumentException">A member is out of range; the exception names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Rounds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BranchesPerRound, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRank, 1);
        ArgumentNullException.ThrowIfNull(ListTemplate);
        if (!ListTemplate.Contains(ContextNavigator.AnswerMark, StringComparison.Ordinal))
            throw new ArgumentException($"ListTemplate must contain {ContextNavigator.AnswerMark}, where an answer stands, such as \"{{number}}. {{answer}}\\n\".");
    }
}
