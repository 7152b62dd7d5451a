using System.Text;

namespace Decant.Decoding;

/// <summary>Reads what stands for code points in regular expressions and grammars: classes and escapes, and texts in quotes.</summary>
internal sealed class CharacterReader(SyntaxReader reader)
{
    /// <summary>Ranges in order and apart.</summary>
    public static List<(int First, int Last)> Normalize(IEnumerable<(int First, int Last)> set) => [.. Utf8Language.Complement(Utf8Language.Complement(set))];

    /// <summary>A class, behind its bracket.</summary>
    /// <param name="ignoresCase">Whether it has upper and lower case of whatever is in it, which makes a difference to what a negated one has not.</param>
    public IEnumerable<(int First, int Last)> ReadClass(bool ignoresCase = false)
    {
        var start = reader.Position - 1;
        var isNegated = reader.TryRead('^');
        if (reader.Next == ']') throw reader.Error("A class that begins with \"]\" means different things in different languages. Write \\] for the character, and [\\s\\S] for any.", start);
        var set = new List<(int First, int Last)>();
        while (!reader.TryRead(']'))
        {
            var at = reader.Position;
            var first = ReadItem(start, set);
            if (reader.Next == '-' && !reader.IsNext("-]"))
            {
                reader.Position++;
                var last = ReadItem(start, set);
                if (first is null || last is null || last < first) throw reader.Error("This is not a range: it goes from one character to one that is not before it. Write \\- for a hyphen.", at);
                set.Add((first.Value, last.Value));
            }
            else if (first is { } single)
            {
                set.Add((single, single));
            }
        }

        IEnumerable<(int First, int Last)> all = ignoresCase ? CaseFolding.Close(Normalize(set)) : set;
        return isNegated ? Utf8Language.Complement(all) : all;
    }

    /// <summary>An escape, behind its backslash.</summary>
    public IEnumerable<(int First, int Last)> ReadEscape(bool isInClass)
    {
        var start = reader.Position - 1;
        if (reader.IsAtEnd) throw reader.Error("There is nothing behind the backslash. Write \\\\ for the character.", start);
        switch (reader.ReadCodePoint())
        {
            case 'd': return UnicodeSets.Digits;
            case 'D': return Utf8Language.Complement(UnicodeSets.Digits);
            case 'w': return UnicodeSets.WordCharacters;
            case 'W': return Utf8Language.Complement(UnicodeSets.WordCharacters);
            case 's': return UnicodeSets.Spaces;
            case 'S': return Utf8Language.Complement(UnicodeSets.Spaces);
            case 'p': return ReadCategory(start);
            case 'P': return Utf8Language.Complement(ReadCategory(start));
            case 'n': return One('\n');
            case 't': return One('\t');
            case 'r': return One('\r');
            case 'f': return One('\f');
            case 'v': return One('\v');
            case 'b' when isInClass: return One('\b');
            case '0' when !char.IsAsciiDigit(reader.Next): return One(0);
            case 'c' when char.IsAsciiLetter(reader.Next): return One(reader.ReadCodePoint() & 0x1F);
            case 'x': return One(reader.TryRead('{') ? reader.ReadHexInBraces() : reader.ReadHex(2));
            case 'U': return One(reader.ReadHex(8));
            case 'u': return One(reader.TryRead('{') ? reader.ReadHexInBraces() : ReadUtf16());
            case 'b' or 'B': throw reader.Error("Word boundaries are not supported. Say which characters stand there instead.", start);
            case (>= '1' and <= '9') or 'k': throw reader.Error("References to groups are not supported: what they describe is not a regular language.", start);
            case var character when character < 0x80 && !char.IsAsciiLetterOrDigit((char)character): return One(character);
            default: throw reader.Error("There is no such escape. Write the character without the backslash, or \\u{…} with its code point.", start);
        }
    }

    /// <summary>A text, behind its quotation mark, and the mark at its end.</summary>
    public string ReadText()
    {
        var start = reader.Position - 1;
        var text = new StringBuilder();
        while (!reader.TryRead('"'))
        {
            if (reader.IsAtEnd || reader.Next is '\n') throw reader.Error("The text is not closed. Write a quotation mark behind it, \\\" for the character, and \\n for the end of a line.", start);
            var at = reader.Position;
            if (ReadOne() is not { } value) throw reader.Error("This stands for several characters, which is for classes, [\\d], and not for texts. Write \\\\ for a backslash.", at);
            if (!Rune.TryCreate(value, out var rune)) throw reader.Error("Half of a surrogate pair is no text. Write the code point, \\u{…}.", at);
            text.Append(rune.ToString());
        }

        return text.ToString();
    }

    private static (int First, int Last)[] One(int value) => [(value, value)];

    // One code point that may begin or end a range; or null, with a set put into the class.
    private int? ReadItem(int start, List<(int First, int Last)> set)
        => reader.IsAtEnd ? throw reader.Error("The class is not closed. Write \"]\" behind it, or \\[ for the character.", start) : ReadOne(set);

    private int? ReadOne(List<(int First, int Last)>? set = null)
    {
        if (!reader.TryRead('\\')) return reader.ReadCodePoint();
        var escape = ReadEscape(isInClass: true);

        // Only what One made is an array.
        if (escape is (int First, int Last)[] and [var one]) return one.First;
        set?.AddRange(escape);
        return null;
    }

    // Two halves of a surrogate pair are one code point.
    private int ReadUtf16()
    {
        var high = reader.ReadHex(4);
        var behind = reader.Position;
        if (!char.IsHighSurrogate((char)high) || !reader.TryRead("\\u")) return high;
        if (reader.Next != '{' && reader.ReadHex(4) is var low && char.IsLowSurrogate((char)low)) return char.ConvertToUtf32((char)high, (char)low);
        reader.Position = behind;
        return high;
    }

    private IEnumerable<(int First, int Last)> ReadCategory(int start)
    {
        var isLong = reader.TryRead('{');
        var name = isLong ? reader.ReadWhile(c => c != '}') : reader.ReadWhile(char.IsAsciiLetter);
        if (isLong) reader.Read('}', "The name of a category is not closed. Write \"}\" behind it.");
        return UnicodeSets.Find(name) ?? throw reader.Error($"\"{name}\" is not a general category of Unicode. Write one, such as \\p{{Lu}} or \\p{{Letter}}; in place of a script, write its ranges, such as [\\u{{370}}-\\u{{3FF}}].", start);
    }
}
