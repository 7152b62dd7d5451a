namespace Decant.Decoding;

/// <summary>Reads a grammar as Lark writes it: see <see cref="LarkOptions"/>.</summary>
internal sealed class LarkReader(SyntaxReader reader, RegexPool pool, ITokenVocabulary vocabulary)
{
    private readonly LarkTextReader _texts = new(reader, pool);
    private int _brackets;
    private bool _isInTerminal;

    /// <summary>The rules by their names.</summary>
    public Dictionary<string, RuleSyntax> Rules { get; } = [];

    /// <summary>The terminals by their names, with what may stand between terminals.</summary>
    public Dictionary<string, RuleSyntax> Terminals { get; } = [];

    /// <summary>What <see cref="Terminals"/> calls what may stand between terminals.</summary>
    public List<string> Ignored { get; } = [];

    /// <summary>The names that the grammar has for common terminals, and where it says so.</summary>
    public Dictionary<string, RuleSyntax.Reference> Imports { get; } = [];

    public void Read()
    {
        for (SkipLines(); !reader.IsAtEnd; SkipLines())
        {
            if (reader.TryRead("%ignore")) Ignore();
            else if (reader.TryRead("%import")) Import();
            else if (reader.Next == '%') throw reader.Error("This directive is not supported. There are %ignore and %import common.NAME.");
            else Define();
            if (!reader.IsAtEnd && reader.Next is not ('\n' or '\r')) throw reader.Error("This is no part of a rule. There are \"texts\", /patterns/, names, \"a\"..\"z\", groups in ( ) and [ ], and * + ? ~n ~n..m behind one of them.");
        }
    }

    private void Ignore()
    {
        Ignored.Add($"%ignore {Ignored.Count}");
        Terminals.Add(Ignored[^1], Definition(isTerminal: true));
    }

    // What says how a parse tree looks, "?" and "!" and aliases, says nothing about texts.
    private void Define()
    {
        var start = reader.Position;
        if (reader.TryRead('?')) reader.TryRead('!');
        else if (reader.TryRead('!')) reader.TryRead('?');
        var name = ReadName();
        if (name.Length == 0) throw reader.Error("Here a definition begins. Write name: expression for a rule, or NAME: expression for a terminal.", start);
        if (reader.Next == '.') throw reader.Error("Priorities are not supported: nothing is greedy, and a text belongs if there is any way to read it. Leave the priority out.");
        if (reader.Next is '{' or '[') throw reader.Error("Templates and attributes of rules are not supported. Write the rule out.");
        SkipSpace();
        reader.Read(':', "A colon is missing behind the name of what is defined here.");
        var isTerminal = IsTerminal(name);
        var body = Definition(isTerminal);
        if (!(isTerminal ? Terminals : Rules).TryAdd(name, body) || Imports.ContainsKey(name)) throw reader.Error($"\"{name}\" is defined twice. Give both definitions as alternatives of one.", start);
    }

    private void Import()
    {
        SkipSpace();
        if (!reader.TryRead("common")) throw reader.Error("Only the common terminals can be imported: %import common.NAME.");
        if (reader.TryRead('.'))
        {
            var name = ReadImported();
            SkipSpace();
            Add(reader.TryRead("->") ? ReadAlias() : name.Name, name);
            return;
        }

        SkipSpace();
        reader.Read('(', "Write %import common.NAME or %import common (NAME, NAME).");
        do
        {
            SkipSpace();
            var name = ReadImported();
            Add(name.Name, name);
            SkipSpace();
        }
        while (reader.TryRead(','));
        reader.Read(')', "A \")\" is missing behind the names that are imported.");
        SkipSpace();
    }

    private void Add(string name, RuleSyntax.Reference common)
    {
        if (Terminals.ContainsKey(name) || !Imports.TryAdd(name, common)) throw reader.Error($"\"{name}\" is defined twice. Import it under another name: %import common.{common.Name} -> OTHER.", common.Position);
        SkipSpace();
    }

    private RuleSyntax.Reference ReadImported()
    {
        var start = reader.Position;
        return new RuleSyntax.Reference(ReadName(), start);
    }

    private string ReadAlias()
    {
        SkipSpace();
        var name = ReadName();
        return IsTerminal(name) ? name : throw reader.Error("A terminal's name is written in capitals: %import common.INT -> NUMBER.");
    }

    private RuleSyntax Definition(bool isTerminal)
    {
        _isInTerminal = isTerminal;
        return Alternatives();
    }

    private RuleSyntax Alternatives()
    {
        SkipSpace();
        reader.TryRead('|');
        var ways = new List<RuleSyntax> { Sequence() };
        while (reader.TryRead('|')) ways.Add(Sequence());
        return ways.Count == 1 ? ways[0] : new RuleSyntax.Choice(ways);
    }

    private RuleSyntax Sequence()
    {
        var parts = new List<RuleSyntax>();
        for (SkipSpace(); !reader.IsAtEnd && reader.Next is not ('|' or ')' or ']' or '\n' or '\r') && !reader.IsNext("->"); SkipSpace()) parts.Add(Repeated(Part()));
        if (reader.TryRead("->"))
        {
            SkipSpace();
            ReadName();
            SkipSpace();
        }

        return parts.Count == 1 ? parts[0] : new RuleSyntax.Sequence(parts);
    }

    private RuleSyntax Repeated(RuleSyntax part)
    {
        SkipSpace();
        if (RepetitionSyntax.Read(reader) is { } count) return new RuleSyntax.Repeat(part, count.Min, count.Max);
        var start = reader.Position;
        if (!reader.TryRead('~')) return part;
        SkipSpace();
        var min = reader.ReadCount();
        SkipSpace();
        var max = reader.TryRead("..") ? reader.ReadCount() : min;
        return min <= max ? new RuleSyntax.Repeat(part, min.Value, max) : throw reader.Error("A repetition is written ~n or ~fewest..most.", start);
    }

    private RuleSyntax Part()
    {
        var start = reader.Position;
        if (reader.TryRead('"')) return _texts.ReadText();
        if (reader.TryRead('/')) return _texts.ReadPattern();
        if (reader.TryRead('(')) return Group(')');
        if (reader.TryRead('[')) return new RuleSyntax.Repeat(Group(']'), 0, 1);
        if (reader.Next == '<' && !_isInTerminal) return SpecialToken.Read(reader, vocabulary);
        var name = ReadName();
        if (name.Length == 0 || reader.Next == '{') throw reader.Error("This is not supported. There are \"texts\", /patterns/, names, \"a\"..\"z\", groups in ( ) and [ ], <special tokens> in rules, and * + ? ~n ~n..m behind one of them.", start);
        if (_isInTerminal && !IsTerminal(name)) throw reader.Error($"A terminal cannot name a rule, and \"{name}\" is one. Make either the other: rules are written in small letters, terminals in capitals.", start);
        return new RuleSyntax.Reference(name, start);
    }

    private RuleSyntax Group(char closing)
    {
        _brackets++;
        var group = reader.Nested(Alternatives);
        _brackets--;
        reader.Read(closing, $"A \"{closing}\" is missing: a group is not closed.");
        return group;
    }

    private string ReadName() => reader.ReadWhile(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool IsTerminal(string name) => name.TrimStart('_') is [>= 'A' and <= 'Z', ..];

    // A definition goes on behind the end of a line inside brackets, and where the next line begins with an alternative.
    private void SkipSpace()
    {
        SkipInLine();
        var end = reader.Position;
        SkipLines();
        if (_brackets == 0 && reader.Next != '|') reader.Position = end;
    }

    private void SkipLines()
    {
        for (SkipInLine(); reader.TryRead('\n') || reader.TryRead('\r'); SkipInLine())
        {
        }
    }

    private void SkipInLine()
    {
        reader.ReadWhile(c => c is ' ' or '\t');
        if (reader.IsNext("//") || reader.Next == '#') reader.ReadWhile(c => c is not ('\n' or '\r'));
    }
}
