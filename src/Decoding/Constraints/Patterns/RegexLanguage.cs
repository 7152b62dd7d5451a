namespace Decant.Decoding;

/// <summary>The language of a code point out of several ranges, which are in order and apart: how a text writes what a pattern is about.</summary>
internal delegate ByteRegex RegexAlphabet(IReadOnlyList<(int First, int Last)> ranges);

/// <summary>Regular expressions, as ECMAScript writes them for Unicode (the flag u): see <see cref="PatternOptions"/>. Knows nothing of groups' values: a text belongs or not.</summary>
internal sealed class RegexLanguage
{
    // What anchors leave of a pattern is worked out for each side of every part.
    private const int MaxAnchors = 1000;

    private readonly RegexPool _pool;
    private readonly SyntaxReader _reader;
    private readonly RegexScope _scope;
    private readonly RegexAlphabet _alphabet;
    private readonly CharacterReader _characterReader;
    private readonly Dictionary<(string Text, RegexFlags Flags), ByteRegex> _languages = [];
    private RegexFlags _flags;
    private int _anchors;

    private RegexLanguage(RegexPool pool, SyntaxReader reader, RegexScope scope, RegexAlphabet alphabet)
        => (_pool, _reader, _scope, _alphabet, _characterReader) = (pool, reader, scope, alphabet, new CharacterReader(reader));

    /// <summary>The texts that a pattern describes.</summary>
    /// <param name="pool">Makes the language.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="scope">What of a text it is about.</param>
    /// <param name="alphabet">How texts write code points. Null: in UTF-8.</param>
    /// <param name="kind">The constraint's kind, for messages.</param>
    /// <exception cref="ConstraintSyntaxException">The pattern is wrong or is not a regular language.</exception>
    public static ByteRegex Parse(RegexPool pool, string pattern, RegexScope scope = RegexScope.Whole, RegexAlphabet? alphabet = null, string kind = "regex")
        => new RegexLanguage(pool, new SyntaxReader(kind, pattern), scope, alphabet ?? Utf8(pool)).Parse();

    /// <summary>The texts that a pattern in a grammar describes.</summary>
    /// <param name="pool">Makes the language.</param>
    /// <param name="pattern">Reads the pattern and nothing else.</param>
    /// <param name="flags">What holds from its beginning on.</param>
    public static ByteRegex Parse(RegexPool pool, SyntaxReader pattern, RegexFlags flags) => new RegexLanguage(pool, pattern, RegexScope.Part, Utf8(pool)) { _flags = flags }.Parse();

    private static RegexAlphabet Utf8(RegexPool pool) => ranges => Utf8Language.Ranges(pool, ranges);

    private ByteRegex Parse()
    {
        var pattern = Alternatives();
        if (!_reader.IsAtEnd) throw _reader.Error("This \")\" closes no group. Write \\) for the character.");
        if (_scope == RegexScope.Search)
        {
            var rest = AnchoredRegex.Free(_pool.Repeat(_alphabet(UnicodeSets.All), 0, null));
            pattern = rest.Then(_pool, pattern.Then(_pool, rest));
        }

        return pattern.Whole;
    }

    private AnchoredRegex Alternatives()
    {
        var ways = new List<AnchoredRegex> { Sequence() };
        while (_reader.TryRead('|')) ways.Add(Sequence());
        return AnchoredRegex.Or(_pool, ways);
    }

    // From the end, so that a part is put before what is already one.
    private AnchoredRegex Sequence()
    {
        var parts = new List<AnchoredRegex>();
        while (!_reader.IsAtEnd && _reader.Next is not ('|' or ')')) parts.Add(Repeated(Part()));
        var sequence = AnchoredRegex.Free(_pool.Empty);
        for (var i = parts.Count - 1; i >= 0; i--) sequence = parts[i].Then(_pool, sequence);
        return sequence;
    }

    // Whether few or many are tried first ("lazy" and "greedy") makes no difference to what belongs.
    private AnchoredRegex Repeated(AnchoredRegex part)
    {
        if (RepetitionSyntax.Read(_reader) is not { } count) return part;
        _reader.TryRead('?');
        var start = _reader.Position;
        if (RepetitionSyntax.Read(_reader) is not null) throw _reader.Error("A repetition cannot be repeated. Put it into a group, (?:…); possessive repetitions are not supported.", start);
        return part.Repeat(_pool, count.Min, count.Max);
    }

    private AnchoredRegex Part()
    {
        var start = _reader.Position;
        switch (_reader.ReadCodePoint())
        {
            case '(':
                return _reader.Nested(() => Group(start));
            case '[':
                return Characters(start, _characterReader.ReadClass(_flags.HasFlag(RegexFlags.IgnoreCase)));
            case '.':
                return Characters(start, _flags.HasFlag(RegexFlags.DotIsAll) ? UnicodeSets.All : Utf8Language.Complement(UnicodeSets.LineEnds));
            case '^':
                return Anchor(start, AnchoredRegex.Start(_pool));
            case '$':
                return Anchor(start, AnchoredRegex.End(_pool));
            case '\\' when _reader.TryRead('A'):
                return Anchor(start, AnchoredRegex.Start(_pool));
            case '\\' when _reader.TryRead('z'):
                return Anchor(start, AnchoredRegex.End(_pool));
            case '\\':
                return Characters(start, _characterReader.ReadEscape(isInClass: false));
            case '*' or '+' or '?':
                throw _reader.Error("There is nothing that this repeats. Write a backslash before it for the character.", start);
            case '{' when char.IsAsciiDigit(_reader.Next) || _reader.Next == ',':
                throw _reader.Error("This is not a repetition: there is nothing before it, or it is not {n}, {n,} or {n,m}. Write \\{ for the character.", start);
            case ']':
                throw _reader.Error("This \"]\" closes no class. Write \\] for the character; classes cannot be nested.", start);
            case var character:
                return Characters(start, [(character, character)]);
        }
    }

    private AnchoredRegex Anchor(int start, AnchoredRegex anchor)
    {
        if (_scope == RegexScope.Part) throw _reader.Error("An anchor says nothing here, where the pattern is a part of a text. Leave it out.", start);
        return ++_anchors <= MaxAnchors ? anchor : throw _reader.Error($"The pattern has more than {MaxAnchors:N0} anchors. Leave some out.", start);
    }

    // Classes are long and few: each is made once.
    private AnchoredRegex Characters(int start, IEnumerable<(int First, int Last)> set)
    {
        var key = (_reader.Since(start), _flags);
        if (!_languages.TryGetValue(key, out var language)) _languages[key] = language = _alphabet(Fold(set));
        return AnchoredRegex.Free(language);
    }

    private List<(int First, int Last)> Fold(IEnumerable<(int First, int Last)> set)
    {
        var ranges = CharacterReader.Normalize(set);
        return _flags.HasFlag(RegexFlags.IgnoreCase) ? CharacterReader.Normalize(CaseFolding.Close(ranges)) : ranges;
    }

    private AnchoredRegex Group(int start)
    {
        var outside = _flags;
        if (_reader.TryRead('?') && ReadsFlags(start)) return AnchoredRegex.Free(_pool.Empty);
        var group = Alternatives();
        _reader.Read(')', "A \")\" is missing: a group is not closed.");
        _flags = outside;
        return group;
    }

    // Behind "(?". Whether that was all: flags for the rest of the group around.
    private bool ReadsFlags(int start)
    {
        if (_reader.TryRead(':')) return false;
        if (_reader.IsNext("=") || _reader.IsNext("!") || _reader.IsNext("<=") || _reader.IsNext("<!"))
            throw _reader.Error("Lookaround is not supported. Say what the text is instead of what stands around it, or give the condition as a second constraint.", start);
        if (_reader.TryRead("P<") || _reader.TryRead('<'))
        {
            if (_reader.ReadWhile(c => char.IsLetterOrDigit(c) || c == '_').Length == 0 || !_reader.TryRead('>')) throw _reader.Error("A group's name is written (?<name>…), of letters, digits and underscores.");
            return false;
        }

        for (var isOn = true; ; _reader.Position++)
        {
            switch (_reader.Next)
            {
                case '-' when isOn:
                    isOn = false;
                    break;
                case 'i':
                    _flags = isOn ? _flags | RegexFlags.IgnoreCase : _flags & ~RegexFlags.IgnoreCase;
                    break;
                case 's':
                    _flags = isOn ? _flags | RegexFlags.DotIsAll : _flags & ~RegexFlags.DotIsAll;
                    break;
                case 'u' when isOn:
                    break;
                case ')':
                    _reader.Position++;
                    return true;
                case ':':
                    _reader.Position++;
                    return false;
                default:
                    throw _reader.Error("This kind of group is not supported. There are (…), (?:…), (?<name>…), and the flags i and s: (?i), (?i:…), (?-i).", start);
            }
        }
    }
}
