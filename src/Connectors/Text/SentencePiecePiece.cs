using System.Globalization;
using System.Text;

namespace Decant.Connectors.Text;

/// <summary>What kind of piece a SentencePiece model says it is.</summary>
internal enum SentencePieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>One piece of a SentencePiece model.</summary>
internal sealed record SentencePiecePiece(string Text, SentencePieceKind Kind)
{
    /// <summary>The bytes it stands for in running text.</summary>
    public byte[] Bytes => Kind == SentencePieceKind.Byte && Text.Length == 6
        ? [byte.Parse(Text.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)]
        : Encoding.UTF8.GetBytes(Text.Replace("▁", " ", StringComparison.Ordinal));

    /// <summary>The pieces of a model file by id. Microsoft.ML.Tokenizers reads them too, but keeps their kinds to itself.</summary>
    /// <param name="model">The file: a protocol buffer whose field 1, repeated, is a piece with the fields 1 (text) and 3 (kind, normal if absent).</param>
    /// <exception cref="FormatException">The file is cut short or is something else.</exception>
    public static List<SentencePiecePiece> ReadAll(ReadOnlySpan<byte> model)
    {
        var pieces = new List<SentencePiecePiece>();
        while (NextField(ref model, out var field, out _, out var content))
        {
            if (field != 1) continue;
            var (text, kind) = ("", SentencePieceKind.Normal);
            while (NextField(ref content, out var member, out var number, out var bytes))
            {
                if (member == 1) text = Encoding.UTF8.GetString(bytes);
                else if (member == 3) kind = (SentencePieceKind)number;
            }

            pieces.Add(new SentencePiecePiece(text, kind));
        }

        return pieces.Count > 0 ? pieces : throw new FormatException("it holds no pieces");
    }

    private static bool NextField(ref ReadOnlySpan<byte> rest, out int field, out ulong number, out ReadOnlySpan<byte> content)
    {
        (field, number) = (0, 0);
        content = default;
        if (rest.IsEmpty) return false;
        var key = ReadNumber(ref rest);
        field = (int)(key >> 3);
        switch (key & 7)
        {
            case 0:
                number = ReadNumber(ref rest);
                return true;
            case 1:
                content = Take(ref rest, 8);
                return true;
            case 2:
                content = Take(ref rest, ReadNumber(ref rest));
                return true;
            case 5:
                content = Take(ref rest, 4);
                return true;
            default:
                throw new FormatException($"a field is of the unknown wire type {key & 7}");
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, ulong length)
    {
        if (length > (ulong)rest.Length) throw new FormatException("it ends in the middle of a field");
        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private static ulong ReadNumber(ref ReadOnlySpan<byte> rest)
    {
        ulong value = 0;
        for (var i = 0; i < Math.Min(10, rest.Length); i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << (7 * i);
            if (rest[i] >= 0x80) continue;
            rest = rest[(i + 1)..];
            return value;
        }

        throw new FormatException("it ends in the middle of a number");
    }
}
