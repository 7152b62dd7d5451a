namespace Decant.Decoding;

/// <summary>Reads a grammar as llama.cpp writes it: see <see cref="GbnfOptions"/>.</summary>
internal sealed class GbnfReader(SyntaxReader reader, RegexPool pool, ITokenVocabulary vocabulary)
{
    private readonly CharacterReader _characters = new(reader);

    /// <summary>The rules by their names.</summary>
    public Dictionary<string, RuleSyntax> Read()
    {
        var rules = new Dictionary<string, RuleSyntax>();
        for (SkipSpace(); !reader.IsAtEnd; SkipSpace())
        {
            var start = reader.Position;
            if (!BeginsRule()) throw reader.Error("Here a rule begins or an expression goes on. Write a rule as name ::= expression, with letters, digits, hyphens and underscores in its name.");
            var name = ReadName();
            SkipSpace();
            reader.TryRead("::=");
            var body = Alternatives();
            if (!rules.TryAdd(name, body)) throw reader.Error($"The rule \"{name}\" is defined twice. Give both definitions as alternatives of one.", start);
        }

        return rules;
    }

    private RuleSyntax Alternatives()
    {
        var ways = new List<RuleSyntax> { Sequence() };
        while (reader.TryRead('|')) ways.Add(Sequence());
        return ways.Count == 1 ? ways[0] : new RuleSyntax.Choice(ways);
    }

    // A rule ends where the next begins, at whatever line.
    private RuleSyntax Sequence()
    {
        var parts = new List<RuleSyntax>();
        for (SkipSpace(); !reader.IsAtEnd && reader.Next is not ('|' or ')') && !BeginsRule(); SkipSpace())
        {
            var part = Part();
            SkipSpace();
            parts.Add(RepetitionSyntax.Read(reader) is { } count ? new RuleSyntax.Repeat(part, count.Min, count.Max) : part);
        }

        return parts.Count == 1 ? parts[0] : new RuleSyntax.Sequence(parts);
    }

    private RuleSyntax Part()
    {
        var start = reader.Position;
        if (reader.TryRead('"'))
        {
            var text = _characters.ReadText();
            return new RuleSyntax.Leaf(pool.Literal(text), text.Length);
        }

        if (reader.TryRead('[')) return new RuleSyntax.Leaf(Utf8Language.Ranges(pool, _characters.ReadClass()));
        if (reader.TryRead('.')) return new RuleSyntax.Leaf(Utf8Language.Any(pool));
        if (reader.Next == '<') return SpecialToken.Read(reader, vocabulary);
        if (reader.TryRead('('))
        {
            var group = reader.Nested(Alternatives);
            reader.Read(')', "A \")\" is missing: a group is not closed, or holds the beginning of the next rule.");
            return group;
        }

        var name = ReadName();
        return name.Length > 0 ? new RuleSyntax.Reference(name, start) : throw reader.Error("This is no part of a rule. There are \"texts\", [classes], names, groups in parentheses, . for any character, and * + ? {n} {n,} {n,m} behind one of them.");
    }

    private bool BeginsRule()
    {
        var start = reader.Position;
        var isName = ReadName().Length > 0;
        SkipSpace();
        var begins = isName && reader.IsNext("::=");
        reader.Position = start;
        return begins;
    }

    private string ReadName() => reader.ReadWhile(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private void SkipSpace()
    {
        for (reader.ReadWhile(IsSpace); reader.Next == '#'; reader.ReadWhile(IsSpace)) reader.ReadWhile(c => c != '\n');
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';
}
