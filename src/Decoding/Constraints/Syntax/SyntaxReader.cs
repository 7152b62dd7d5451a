using System.Globalization;

namespace Decant.Decoding;

/// <summary>Goes through the text of a pattern or grammar, and says where something is wrong.</summary>
/// <param name="kind">The constraint's kind, for messages.</param>
/// <param name="text">The text.</param>
/// <param name="end">Where it ends for this reader. Null: where it ends.</param>
internal sealed class SyntaxReader(string kind, string text, int? end = null)
{
    /// <summary>The largest count of a repetition.</summary>
    private const int MaxCount = 1_000_000;

    /// <summary>How deeply groups may be nested: those who read them call themselves.</summary>
    private const int MaxNesting = 250;

    private static readonly System.Buffers.SearchValues<char> _hexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
    private readonly int _end = end ?? text.Length;
    private int _nesting;

    /// <summary>Where the next character is.</summary>
    public int Position { get; set; }

    public bool IsAtEnd => Position == _end;

    /// <summary>The next UTF-16 unit; NUL at the end.</summary>
    public char Next => IsAtEnd ? '\0' : text[Position];

    /// <summary>What was read since a position.</summary>
    public string Since(int start) => text[start..Position];

    /// <summary>Reads a part of the same text, from a position of this reader to its own.</summary>
    public SyntaxReader Part(int start) => new(kind, text, Position) { Position = start };

    public bool IsNext(string expected) => text.AsSpan(Position, _end - Position).StartsWith(expected);

    public bool TryRead(char expected)
    {
        if (IsAtEnd || text[Position] != expected) return false;
        Position++;
        return true;
    }

    public bool TryRead(string expected)
    {
        if (!IsNext(expected)) return false;
        Position += expected.Length;
        return true;
    }

    /// <summary>Demands what must come next.</summary>
    public void Read(char expected, string otherwise)
    {
        if (!TryRead(expected)) throw Error(otherwise);
    }

    public string ReadWhile(Func<char, bool> belongs)
    {
        var start = Position;
        while (!IsAtEnd && belongs(text[Position])) Position++;
        return Since(start);
    }

    /// <summary>The next code point; half of a surrogate pair stands for itself.</summary>
    public int ReadCodePoint()
    {
        var length = Position + 1 < _end && char.IsSurrogatePair(text[Position], text[Position + 1]) ? 2 : 1;
        var value = length == 2 ? char.ConvertToUtf32(text, Position) : text[Position];
        Position += length;
        return value;
    }

    /// <summary>A code point as exactly <paramref name="digits"/> hexadecimal digits.</summary>
    public int ReadHex(int digits)
    {
        var start = Position;
        if (_end - start < digits || text.AsSpan(start, digits).ContainsAnyExcept(_hexDigits)) throw Error($"Write {digits} hexadecimal digits here.");
        Position += digits;
        return CodePoint(Since(start), start);
    }

    /// <summary>A code point as hexadecimal digits up to a brace, which is read too.</summary>
    public int ReadHexInBraces()
    {
        var start = Position;
        var digits = ReadWhile(char.IsAsciiHexDigit);
        if (digits.Length == 0 || !TryRead('}')) throw Error("Write hexadecimal digits and a closing brace here.");
        return CodePoint(digits, start);
    }

    /// <summary>The count of a repetition, or null where there is no digit.</summary>
    public int? ReadCount()
    {
        var start = Position;
        var digits = ReadWhile(char.IsAsciiDigit);
        if (digits.Length == 0) return null;
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var count) && count <= MaxCount ? count : throw Error($"A repetition takes at most {MaxCount:N0} times. Leave the upper limit out for any number.", start);
    }

    /// <summary>Reads what a group has inside.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (++_nesting > MaxNesting) throw Error($"Groups are nested more than {MaxNesting} deep. Nest them less.");
        var inside = read();
        _nesting--;
        return inside;
    }

    /// <summary>The exception for something that is wrong.</summary>
    /// <param name="reason">What is wrong and what to do, as sentences.</param>
    /// <param name="position">Where. Default: here.</param>
    public ConstraintSyntaxException Error(string reason, int? position = null) => new(kind, text, position ?? Position, reason);

    private int CodePoint(string digits, int start)
        => int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 0x10FFFF ? value : throw Error("There is no such code point: the last is 10FFFF.", start);
}
