namespace Decant.Decoding;

/// <summary>
/// Makes a <see cref="Grammar"/>: context-free rules whose terminals are regular languages over bytes. Every front end (JSON Schema, GBNF, regular expressions, structural tags …) speaks to it.
/// </summary>
/// <remarks>
/// <para>Nothing is greedy: a text belongs to the grammar if there is any way to cut it. What is regular is faster as one terminal than as several expressions, and what
/// should be told apart by what surrounds it is better as rules.</para>
/// <para>Serves one caller at a time, and makes one grammar.</para>
/// </remarks>
internal sealed class GrammarBuilder
{
    private readonly List<ByteRegex> _terminals = [];
    private readonly Dictionary<ByteRegex, int> _terminalNumbers = [];
    private readonly List<(string Name, GrammarExpression? Body)> _rules = [];

    public GrammarBuilder() => Derivatives = new RegexDerivatives(Pool);

    /// <summary>Makes the languages of terminals.</summary>
    public RegexPool Pool { get; } = new();

    /// <summary>What was asked for and is not enforced, as sentences: for the caller of a front end that may leave something out.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Answers questions about them.</summary>
    public RegexDerivatives Derivatives { get; }

    /// <summary>A text.</summary>
    public GrammarExpression Text(string literal) => Terminal(Pool.Literal(literal));

    /// <summary>Any text of a regular language.</summary>
    public GrammarExpression Terminal(ByteRegex language)
    {
        if (language.Kind == RegexKind.Empty) return GrammarExpression.Empty;
        if (language.IsNullable)
        {
            // A terminal has at least one byte.
            var rest = Pool.And(language, Pool.Not(Pool.Empty));
            return GrammarExpression.Optional(Terminal(rest));
        }

        if (Derivatives.IsEmpty(language)) return GrammarExpression.Nothing;
        if (!_terminalNumbers.TryGetValue(language, out var number))
        {
            _terminalNumbers[language] = number = _terminals.Count;
            _terminals.Add(language);
        }

        return new GrammarExpression { Kind = ExpressionKind.Terminal, Symbol = number };
    }

    /// <summary>A rule to be defined later, so that rules can name each other and themselves.</summary>
    /// <param name="name">For messages; need not be unique.</param>
    public GrammarExpression Declare(string name)
    {
        _rules.Add((name, null));
        return new GrammarExpression { Kind = ExpressionKind.Rule, Symbol = _rules.Count - 1 };
    }

    /// <summary>Says what a declared rule is. Once for each.</summary>
    public void Define(GrammarExpression rule, GrammarExpression body)
    {
        var (name, known) = _rules[rule.Symbol];
        if (known is not null) throw new ArgumentException($"The rule \"{name}\" is defined twice.", nameof(rule));
        _rules[rule.Symbol] = (name, body);
    }

    /// <summary>A rule and what it is.</summary>
    public GrammarExpression Rule(string name, GrammarExpression body)
    {
        var rule = Declare(name);
        Define(rule, body);
        return rule;
    }

    /// <summary>The grammar of the texts of an expression.</summary>
    /// <exception cref="ArgumentException">A declared rule is not defined, or there is no text that the grammar allows.</exception>
    /// <exception cref="ConstraintLimitException">The grammar is too large.</exception>
    public Grammar Build(GrammarExpression root)
    {
        var bodies = _rules.Select(rule => rule.Body ?? throw new ArgumentException($"The rule \"{rule.Name}\" is used but not defined."));
        return new RuleNetwork([.. bodies, root]).ToGrammar(Pool, Derivatives, [.. _terminals]);
    }
}
