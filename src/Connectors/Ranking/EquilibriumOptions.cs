namespace Decant.Connectors.Ranking;

/// <summary>How <see cref="EquilibriumRanking"/> asks a model and reconciles what it says.</summary>
public sealed record EquilibriumOptions
{
    internal const string QuestionMark = "{question}";
    internal const string AnswerMark = "{answer}";

    /// <summary>How fast both sides give in; above 0 and finite. Default: 0.1.</summary>
    public double Eta { get; init; } = 0.1;

    /// <summary>How strongly both sides hold on to what they said at first; at least 0 and finite. Default: 0.1.</summary>
    public double Lambda { get; init; } = 0.1;

    /// <summary>Rounds of the game; at least 1. They cost no forwards. Default: 5000.</summary>
    public int Iterations { get; init; } = 5000;

    /// <summary>Whose view ranks. Default: <see cref="EquilibriumOutput.Discriminator"/>.</summary>
    public EquilibriumOutput Output { get; init; }

    /// <summary>Whether likelihoods are means over an answer's tokens, its end included, so that long answers are not at a disadvantage; otherwise sums. Default: true.</summary>
    public bool PerToken { get; init; } = true;

    /// <summary>The user's message that asks for a correct answer; <c>{question}</c> is what the call's last one says.</summary>
    public string CorrectFrame { get; init; } = "Answer this question correctly. {question}";

    /// <summary>
    /// The user's message that asks for an incorrect one; another than <see cref="CorrectFrame"/>. Null, for models that would not understand it: a candidate is as likely then as it is not the correct one among the candidates.
    /// </summary>
    public string? IncorrectFrame { get; init; } = "Answer this question incorrectly. {question}";

    /// <summary>The user's message that asks for a judgement of <c>{answer}</c>; the answer must occur in it or in <see cref="Yes"/>.</summary>
    public string JudgeFrame { get; init; } = "Question: {question}\nAnswer: {answer}\n\nIs this answer correct? Say yes or no.";

    /// <summary>How the model begins to say that an answer is correct; not empty. Default: "Yes".</summary>
    public string Yes { get; init; } = "Yes";

    /// <summary>
    /// How it begins to say that it is not; not empty. An answer is correct with p(yes) / (p(yes) + p(no)). Null: with the likelihood of <see cref="Yes"/> alone, for models that confirm in their own way but
    /// never learned to deny. Default: "No".
    /// </summary>
    public string? No { get; init; } = "No";

    /// <summary>Answers to draw where none are given; at least 2. Those that come up twice count once. Default: 8.</summary>
    public int Candidates { get; init; } = 8;

    /// <summary>Temperature they are drawn at; above 0 and finite. Default: 1.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Makes the draws reproducible: answer i has seed <c>Seed</c> + i. Null (default): fresh seeds.</summary>
    public long? Seed { get; init; }

    /// <exception cref="ArgumentException">A member is out of range; the exception names it.</exception>
    public void Validate()
    {
        Check(Eta > 0 && double.IsFinite(Eta), Eta, nameof(Eta), "above 0 and finite");
        Check(Lambda >= 0 && double.IsFinite(Lambda), Lambda, nameof(Lambda), "at least 0 and finite");
        Check(Iterations >= 1, Iterations, nameof(Iterations), "at least 1");
        Check(Enum.IsDefined(Output), Output, nameof(Output), "a known output");
        Check(CorrectFrame.Length > 0, CorrectFrame, nameof(CorrectFrame), "a message");
        Check(IncorrectFrame is not { Length: 0 } && IncorrectFrame != CorrectFrame, IncorrectFrame, nameof(IncorrectFrame), $"a message other than {nameof(CorrectFrame)}, or null for none");
        Check(JudgeFrame.Contains(AnswerMark, StringComparison.Ordinal) || Yes.Contains(AnswerMark, StringComparison.Ordinal), JudgeFrame, nameof(JudgeFrame), $"a message with {AnswerMark}, where the answer stands, unless {nameof(Yes)} has it");
        Check(Yes.Length > 0, Yes, nameof(Yes), "a text");
        Check(No is not { Length: 0 }, No, nameof(No), "a text, or null to judge by the other alone");
        Check(Candidates >= 2, Candidates, nameof(Candidates), "at least 2");
        Check(Temperature > 0 && float.IsFinite(Temperature), Temperature, nameof(Temperature), "above 0 and finite: at 0 every answer is the same");
    }

    private static void Check(bool valid, object? value, string member, string range)
    {
        if (!valid) throw new ArgumentOutOfRangeException(member, value, $"{member} must be {range}.");
    }
}
