namespace Decant.Decoding;

/// <summary>The answer is a text of a grammar as llama.cpp writes it (GBNF): <c>root ::= "yes" | "no, because " [^.]+ "."</c></summary>
/// <remarks>
/// <para>Rules are written <c>name ::= expression</c>, over as many lines as are needed; the answer is a <c>root</c>. Expressions are texts in double quotes, classes (<c>[a-z_]</c>, <c>[^\n]</c>), <c>.</c> for any character,
/// names, groups in parentheses, alternatives with <c>|</c> (one may be empty), <c>* + ? {n} {n,} {n,m}</c>, and special tokens by their names, <c>&lt;|end|&gt;</c>. Escapes are those of <see cref="PatternOptions"/>. A comment goes
/// from <c>#</c> to the end of the line.</para>
/// <para>Any context-free grammar will do: left recursion, ambiguity and rules that may be empty included. Nothing is greedy: the answer belongs if there is any way to read it.</para>
/// </remarks>
public sealed record GbnfOptions : GrammarConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "gbnf";

    /// <summary>The grammar. Required.</summary>
    public string? Grammar { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Check(!string.IsNullOrWhiteSpace(Grammar), Grammar, nameof(Grammar), "a grammar with a rule \"root\"");

    internal override GrammarExpression Describe(GrammarBuilder builder, ITokenVocabulary vocabulary)
    {
        var reader = new SyntaxReader(Kind, Grammar!);
        var folding = new RuleFolding(builder, reader);
        folding.FoldAll(new GbnfReader(reader, builder.Pool, vocabulary).Read());
        return folding.Find("root")?.ToExpression(builder) ?? throw reader.Error("There is no rule \"root\". Write one: root ::= expression.");
    }
}
