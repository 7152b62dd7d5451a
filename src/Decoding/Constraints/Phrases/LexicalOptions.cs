using System.Text;

namespace Decant.Decoding;

/// <summary>What the answer must say before it may end: of every clause one of its texts, wherever and in any order; and what it must not say.</summary>
/// <remarks>
/// <para>Clauses in conjunctive normal form as in NeuroLogic decoding (Lu and others, 2021): <c>[["wolf", "wolves", "Wolf"], ["howl"]]</c>. Inflections, capitals and leading spaces are texts of one
/// clause. Texts count inside words too ("art" in "start"): write " art " where that matters.</para>
/// <para>Nothing pushes the model towards a text: its turn just does not end before all are said, so an answer may ramble on, and one that is cut off by a token limit may lack some. Ask for them in the prompt,
/// too.</para>
/// </remarks>
public sealed record LexicalOptions : RegularConstraintOptions
{
    internal const int MaxClauses = 16;
    private const int MaxBytes = 10_000;

    /// <inheritdoc/>
    public override string Kind => "lexical";

    /// <summary>What must be said, of each clause one text; at most 16 clauses, none of them and no text empty. Default: none.</summary>
    public ValueList<ValueList<string>> Clauses { get; init; } = [];

    /// <summary>What must not be said; no text empty. Default: none. All texts together have at most 10,000 bytes.</summary>
    public ValueList<string> Excluded { get; init; } = [];

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Clauses.Count <= MaxClauses && Clauses.All(clause => clause.Count > 0 && !clause.Contains("")), Clauses, nameof(Clauses), "at most 16 clauses, each a list of texts that are not empty");
        Check(!Excluded.Contains(""), Excluded, nameof(Excluded), "a list of texts that are not empty");
        Check(Clauses.SelectMany(clause => clause).Concat(Excluded).Sum(Encoding.UTF8.GetByteCount) <= MaxBytes, Clauses, nameof(Clauses), "texts of at most 10,000 bytes, those of Excluded included");
    }

    internal override GrammarConstraintOptions Complete(PlanContext context)
    {
        if (Clauses.FirstOrDefault(clause => clause.All(text => Excluded.Any(text.Contains))) is { } clause)
            throw new ArgumentException($"{Kind}: each of {clause} contains what is excluded, so that nothing can be said. Change {nameof(Clauses)} or {nameof(Excluded)}.");
        return this;
    }

    internal override ByteRegex Language(RegexPool pool) => pool.Automaton(new LexicalAutomaton(Clauses, Excluded));
}

/// <summary>Which clauses have been satisfied, and how much of a text has been written.</summary>
/// <remarks>A code point that no text has leads from everywhere to where nothing is begun, and every clause has a text that can be said from there: there are no dead ends.</remarks>
internal sealed class LexicalAutomaton : ByteAutomaton
{
    private const int Banned = 1 << LexicalOptions.MaxClauses;
    private readonly ByteMatcher _matcher;
    private readonly int _all;

    public LexicalAutomaton(ValueList<ValueList<string>> clauses, ValueList<string> excluded)
    {
        var wanted = clauses.SelectMany((clause, number) => clause.Select(text => (Bytes: Encoding.UTF8.GetBytes(text), Mark: 1 << number)));
        (byte[] Bytes, int Mark)[] texts = [.. wanted, .. excluded.Select(text => (Encoding.UTF8.GetBytes(text), Banned))];
        _matcher = new ByteMatcher(texts);
        Sets = ByteSet.Each(texts.SelectMany(text => text.Bytes));
        _all = (1 << clauses.Count) - 1;
    }

    public override IReadOnlyList<ByteSet> Sets { get; }

    public override bool HasDeadEnds => false;

    public override bool IsAccepting(int state) => state / _matcher.StateCount == _all;

    public override int Next(int state, byte value)
    {
        var (satisfied, matched) = Math.DivRem(state, _matcher.StateCount);
        matched = _matcher.Next(matched, value);
        var marks = _matcher.Marks(matched);
        return (marks & Banned) != 0 ? Refused : ((satisfied | marks) * _matcher.StateCount) + matched;
    }
}
