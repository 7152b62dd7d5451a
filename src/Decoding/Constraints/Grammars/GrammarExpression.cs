namespace Decant.Decoding;

/// <summary>A part of a rule. What text a terminal is, and what a rule, a <see cref="GrammarBuilder"/> knows. Immutable.</summary>
internal sealed class GrammarExpression
{
    /// <summary>The empty text.</summary>
    public static GrammarExpression Empty { get; } = new() { Kind = ExpressionKind.Sequence };

    /// <summary>No text at all.</summary>
    public static GrammarExpression Nothing { get; } = new() { Kind = ExpressionKind.Choice };

    public required ExpressionKind Kind { get; init; }

    public IReadOnlyList<GrammarExpression> Parts { get; init; } = [];

    /// <summary>For <see cref="ExpressionKind.Terminal"/> the terminal's number, for <see cref="ExpressionKind.Token"/> the token, for <see cref="ExpressionKind.Rule"/> the rule's number.</summary>
    public int Symbol { get; init; }

    /// <summary>For <see cref="ExpressionKind.Repeat"/>: the fewest times.</summary>
    public int Min { get; init; }

    /// <summary>For <see cref="ExpressionKind.Repeat"/>: the most times; null for any number.</summary>
    public int? Max { get; init; }

    /// <summary>One special token of the vocabulary, which text never spells.</summary>
    public static GrammarExpression Token(int id) => new() { Kind = ExpressionKind.Token, Symbol = id };

    /// <summary>One after the other.</summary>
    public static GrammarExpression Sequence(params IReadOnlyList<GrammarExpression> parts)
        => parts.Count == 1 ? parts[0] : new() { Kind = ExpressionKind.Sequence, Parts = parts };

    /// <summary>One of several.</summary>
    public static GrammarExpression Choice(params IReadOnlyList<GrammarExpression> parts)
        => parts.Count == 1 ? parts[0] : new() { Kind = ExpressionKind.Choice, Parts = parts };

    /// <summary>The same several times.</summary>
    /// <param name="item">What is repeated.</param>
    /// <param name="min">The fewest times; not negative.</param>
    /// <param name="max">The most, at least <paramref name="min"/>; null for any number.</param>
    public static GrammarExpression Repeat(GrammarExpression item, int min, int? max)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(min);
        return max < min ? Nothing : new() { Kind = ExpressionKind.Repeat, Parts = [item], Min = min, Max = max };
    }

    /// <summary>Once or not at all.</summary>
    public static GrammarExpression Optional(GrammarExpression item) => Repeat(item, 0, 1);
}

/// <summary>What a <see cref="GrammarExpression"/> is.</summary>
internal enum ExpressionKind
{
    /// <summary>Text of a regular language.</summary>
    Terminal,

    /// <summary>One token, whatever its bytes.</summary>
    Token,

    /// <summary>What a rule says.</summary>
    Rule,

    /// <summary>One after the other; nothing where there are no parts.</summary>
    Sequence,

    /// <summary>One of several; impossible where there are no parts.</summary>
    Choice,

    /// <summary>The same several times.</summary>
    Repeat,
}
