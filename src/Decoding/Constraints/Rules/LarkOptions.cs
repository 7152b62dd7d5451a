namespace Decant.Decoding;

/// <summary>The answer is a text of a grammar as Lark writes it: <c>start: "yes" | "no, because " REASON</c></summary>
/// <remarks>
/// <para>Rules have names in small letters, terminals in capitals; the answer is a <c>start</c>. There are texts (<c>"a"</c>, <c>"a"i</c>), patterns (<c>/[a-z]+/i</c>, as in <see cref="PatternOptions"/>, with the flags i and s and without
/// anchors), ranges (<c>"a".."z"</c>), groups, optional ones in brackets, alternatives (one may be empty), <c>* + ? ~n ~n..m {n,m}</c>, special tokens by their names in rules (<c>&lt;|end|&gt;</c>), <c>%ignore</c>, and <c>%import common.NAME</c> for Lark's common
/// terminals. What is about parse trees (<c>?rule</c>, <c>!rule</c>, <c>-&gt; alias</c>) says nothing about texts and is read over. Comments begin with <c>//</c> or <c>#</c>.</para>
/// <para>What is ignored may stand before, between and behind all that stands in rules, as often as the model likes: ignore little. Nothing is greedy, and no terminal goes before another: the answer belongs if there is any way to read it. Priorities, templates and
/// other imports are errors that say where, and so are terminals that name themselves.</para>
/// </remarks>
public sealed record LarkOptions : GrammarConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "lark";

    /// <summary>The grammar. Required.</summary>
    public string? Grammar { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Check(!string.IsNullOrWhiteSpace(Grammar), Grammar, nameof(Grammar), "a grammar with a rule \"start\"");

    internal override GrammarExpression Describe(GrammarBuilder builder, ITokenVocabulary vocabulary)
    {
        var reader = new SyntaxReader(Kind, Grammar!);
        var grammar = new LarkReader(reader, builder.Pool, vocabulary);
        grammar.Read();
        var terminals = Terminals(builder, reader, grammar, vocabulary);
        var ignored = builder.Pool.Repeat(builder.Pool.Or([.. grammar.Ignored.Select(name => terminals.Find(name)!.Texts!)]), 0, null);

        var rules = new RuleFolding(builder, reader) { Behind = ignored };
        foreach (var name in grammar.Terminals.Keys.Concat(grammar.Imports.Keys))
        {
            var (texts, _, size) = terminals.Find(name)!;
            rules.Add(name, new Folded(builder.Pool.Concat(texts!, ignored), null, size));
        }

        rules.FoldAll(grammar.Rules);
        var start = rules.Find("start") ?? throw reader.Error("There is no rule \"start\". Write one: start: expression.");
        return GrammarExpression.Sequence(builder.Terminal(ignored), start.ToExpression(builder));
    }

    // A terminal is one regular language, whatever its size.
    private static RuleFolding Terminals(GrammarBuilder builder, SyntaxReader reader, LarkReader grammar, ITokenVocabulary vocabulary)
    {
        var common = new LarkReader(new SyntaxReader("lark", LarkTerminals.Common), builder.Pool, vocabulary);
        var known = new RuleFolding(builder, reader) { MaxSize = long.MaxValue };
        if (grammar.Imports.Count > 0) common.Read();
        known.Fold(common.Terminals);

        var terminals = new RuleFolding(builder, reader) { MaxSize = long.MaxValue };
        foreach (var (alias, import) in grammar.Imports)
            terminals.Add(alias, known.Find(import.Name) ?? throw reader.Error($"There is no common terminal \"{import.Name}\". There are {string.Join(", ", common.Terminals.Keys)}.", import.Position));
        var recursive = terminals.Fold(grammar.Terminals);
        if (recursive.Count == 0) return terminals;
        var name = RuleFolding.Names(grammar.Terminals[recursive[0]]).First(reference => recursive.Contains(reference.Name));
        throw reader.Error($"The terminal \"{name.Name}\" names itself, by way of others or not. Make it a rule: write its name in small letters.", name.Position);
    }
}
