using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>
/// Contents of texts as JSON writes them. Where a content is written in one way only, languages of contents become languages of JSON part by part, complements included: of two contents
/// neither begins as the other does.
/// </summary>
internal sealed class JsonText
{
    private static readonly ByteSet _unescaped = ByteSet.Range(0x20, 0xFF) & ~(ByteSet.Of((byte)'"') | ByteSet.Of((byte)'\\'));
    private readonly RegexPool _pool;
    private readonly Dictionary<(ByteRegex Contents, bool IsLoose), ByteRegex> _written = [];
    private readonly ByteRegex _quote;
    private readonly ByteRegex _codePoint;
    private readonly ByteRegex _anyText;
    private readonly ByteRegex _anyCharacter;
    private readonly ByteRegex _anyContent;

    public JsonText(RegexPool pool)
    {
        _pool = pool;
        _quote = pool.Literal("\"");
        (_codePoint, _anyText) = (Utf8Language.Any(pool), Utf8Language.Text(pool));
        var hex = Hex('0', '9', 'a', 'f');
        var surrogates = Bytes("dD");
        var (high, low) = (pool.Concat(surrogates, Hex('8', '9', 'a', 'b')), pool.Concat(surrogates, Hex('0', '/', 'c', 'f')));
        var other = pool.Or(pool.Concat(Hex('0', '9', 'a', 'c'), hex), pool.Concat(Hex('0', '/', 'e', 'f'), hex), pool.Concat(surrogates, Hex('0', '7', 'z', 'a')));
        var unicode = pool.Literal("\\u");
        _anyCharacter = pool.Or(
            Utf8Language.Ranges(pool, [(0x20, '"' - 1), ('"' + 1, '\\' - 1), ('\\' + 1, 0x10FFFF)]),
            pool.Concat(pool.Literal("\\"), Bytes("\"\\/bfnrt")),
            pool.Concat(unicode, other, hex, hex),
            pool.Concat(unicode, high, hex, hex, unicode, low, hex, hex));
        _anyContent = Written(pool.Anything, isLoose: false);
    }

    /// <summary>Texts with contents of a language, in quotes. Where only their length counts, characters may have any escape that JSON knows.</summary>
    public ByteRegex Quoted(ByteRegex contents)
        => contents is { Kind: RegexKind.Repeat } && contents.Parts[0] == _codePoint
            ? _pool.Concat(_quote, _pool.Repeat(_anyCharacter, contents.Min, contents.Max == int.MaxValue ? null : contents.Max), _quote)
            : _pool.Concat(_quote, Written(contents, isLoose: false), _quote);

    // Loose: where the end of a text may be anything, so it is said, for it is a text by what stands around. Then it is plain that nothing is left where that is excluded.
    private ByteRegex Written(ByteRegex contents, bool isLoose)
    {
        if (_written.TryGetValue((contents, isLoose), out var known)) return known;
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new ConstraintLimitException("its patterns are nested too deeply");
        return _written[(contents, isLoose)] = contents.Kind switch
        {
            RegexKind.Nothing or RegexKind.Empty => contents,
            RegexKind.Bytes => Character(contents.Set),
            RegexKind.Concat => Sequence(contents, isLoose),
            RegexKind.Or => _pool.Or([.. contents.Parts.Select(part => Written(part, isLoose))]),
            RegexKind.And => _pool.And([.. contents.Parts.Select(part => Written(part, isLoose))]),
            RegexKind.Not => _pool.And(_anyContent, _pool.Not(Written(contents.Parts[0], isLoose: true))),
            RegexKind.Repeat when isLoose && (contents == _pool.Anything || contents == _anyText) => _pool.Anything,
            RegexKind.Repeat => _pool.Repeat(Written(contents.Parts[0], isLoose: false), contents.Min, contents.Max == int.MaxValue ? null : contents.Max),
            _ => throw new NotSupportedException("Contents of texts cannot be an automaton."),
        };
    }

    // A chain is as long as a text.
    private ByteRegex Sequence(ByteRegex chain, bool isLoose)
    {
        var parts = new List<ByteRegex>();
        for (; chain.Kind == RegexKind.Concat; chain = chain.Parts[1]) parts.Add(Written(chain.Parts[0], isLoose: false));
        var result = Written(chain, isLoose);
        for (var i = parts.Count - 1; i >= 0; i--) result = _pool.Concat(parts[i], result);
        return result;
    }

    private ByteRegex Character(ByteSet set)
    {
        var ways = new List<ByteRegex> { _pool.Bytes(set & _unescaped) };
        for (var value = 0; value < 128; value++)
        {
            if (set.Contains((byte)value) && !_unescaped.Contains((byte)value)) ways.Add(Escape((char)value));
        }

        return _pool.Or([.. ways]);
    }

    private ByteRegex Escape(char value)
    {
        var letter = value switch { '"' => '"', '\\' => '\\', '\b' => 'b', '\f' => 'f', '\n' => 'n', '\r' => 'r', '\t' => 't', _ => '\0' };
        if (letter != '\0') return _pool.Literal($"\\{letter}");
        var digit = value & 15;
        return _pool.Concat(_pool.Literal($"\\u00{value >> 4}"), digit < 10 ? _pool.Literal($"{digit}") : Hex('0', '/', (char)('a' + digit - 10), (char)('a' + digit - 10)));
    }

    private ByteRegex Bytes(string characters) => _pool.Or([.. characters.Select(character => _pool.Bytes(ByteSet.Of((byte)character)))]);

    // Digits of a range and letters of another, small or large.
    private ByteRegex Hex(char firstDigit, char lastDigit, char firstLetter, char lastLetter) => _pool.Bytes(
        ByteSet.Range((byte)firstDigit, (byte)lastDigit) | ByteSet.Range((byte)firstLetter, (byte)lastLetter)
        | ByteSet.Range((byte)char.ToUpperInvariant(firstLetter), (byte)char.ToUpperInvariant(lastLetter)));
}
