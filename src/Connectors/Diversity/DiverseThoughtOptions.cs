using Decant.Decoding;

namespace Decant.Connectors.Diversity;

/// <summary>How <see cref="DiverseThoughts"/> asks.</summary>
public sealed record DiverseThoughtOptions
{
    internal const string QuestionMark = "{question}";
    internal const string ApproachMark = "{approach}";

    /// <summary>Ways to solve the task, all different, each a text such as "Work backwards from the result". Empty (default): the model is asked for some.</summary>
    public ValueList<string> Approaches { get; init; } = [];

    /// <summary>How many approaches to ask the model for; at least 2. Only without <see cref="Approaches"/>. Null: 5.</summary>
    public int? Discover { get; init; }

    /// <summary>Who answers, all different, each a text such as "You are an accountant." Every persona takes every approach. Empty (default): nobody in particular.</summary>
    public ValueList<string> Personas { get; init; } = [];

    /// <summary>Whether one call asks for all answers (IDIV-SE), which is cheaper, and where one answer's mistake can spread to the next; otherwise each has a call of its own (DIV-SE). Default: false.</summary>
    public bool InCall { get; init; }

    /// <summary>
    /// What a call of its own says in place of the user's last message: a text with <c>{approach}</c> and, if wanted, <c>{question}</c>. Not <see cref="InCall"/>. Null: the question, and below it the approach to take.
    /// </summary>
    public string? Frame { get; init; }

    /// <exception cref="ArgumentException">A member is out of range; the exception names it.</exception>
    public void Validate()
    {
        Check(Differ(Approaches), Approaches, nameof(Approaches), "texts that differ and are not empty: two calls with one prompt give one opinion");
        Check(Discover is null || (Discover >= 2 && Approaches.Count == 0), Discover, nameof(Discover), $"at least 2, and null where {nameof(Approaches)} are given");
        Check(Differ(Personas), Personas, nameof(Personas), "texts that differ and are not empty: two calls with one prompt give one opinion");
        Check(Approaches.Count != 1 || Personas.Count > 1, Approaches, nameof(Approaches), "at least two, or one that several personas take");
        Check(Frame is null || (Frame.Contains(ApproachMark, StringComparison.Ordinal) && !InCall), Frame, nameof(Frame), $"a text with {ApproachMark}, and null where one call asks for all");
    }

    private static bool Differ(ValueList<string> texts) => !texts.Any(string.IsNullOrWhiteSpace) && DiverseThoughts.Different(texts).Count == texts.Count;

    private static void Check(bool valid, object? value, string member, string range)
    {
        if (!valid) throw new ArgumentOutOfRangeException(member, value, $"{member} must be {range}.");
    }
}
