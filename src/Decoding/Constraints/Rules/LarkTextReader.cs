namespace Decant.Decoding;

/// <summary>Reads what stands for texts in a Lark grammar: texts in quotes, ranges, patterns.</summary>
internal sealed class LarkTextReader(SyntaxReader reader, RegexPool pool)
{
    private readonly CharacterReader _characters = new(reader);

    /// <summary>A text, or the first of a range, behind its quotation mark.</summary>
    public RuleSyntax ReadText()
    {
        var start = reader.Position - 1;
        var text = _characters.ReadText();
        if (reader.TryRead('i')) return new RuleSyntax.Leaf(CaseFolding.Literal(pool, text), text.Length);
        if (!reader.TryRead("..")) return new RuleSyntax.Leaf(pool.Literal(text), text.Length);
        reader.Read('"', "The end of the range is missing: \"a\"..\"z\".");
        var last = One(_characters.ReadText());
        return One(text) <= last ? new RuleSyntax.Leaf(Utf8Language.Range(pool, One(text)!.Value, last.Value)) : throw reader.Error("A range goes from one character to one that is not before it: \"a\"..\"z\".", start);
    }

    /// <summary>A pattern, behind its slash.</summary>
    public RuleSyntax ReadPattern()
    {
        var start = reader.Position;
        while (!reader.IsAtEnd && reader.Next is not ('/' or '\n'))
        {
            reader.TryRead('\\');
            if (!reader.IsAtEnd) reader.Position++;
        }

        var pattern = reader.Part(start);
        var size = reader.Position - start;
        reader.Read('/', "The pattern is not closed. Write a slash behind it, and \\/ for the character.");
        var flags = RegexFlags.None;
        for (var flag = reader.Position; char.IsAsciiLetter(reader.Next); flag = ++reader.Position)
        {
            flags |= reader.Next switch
            {
                'i' => RegexFlags.IgnoreCase,
                's' => RegexFlags.DotIsAll,
                'u' => RegexFlags.None,
                _ => throw reader.Error("This flag is not supported. There are i (upper and lower case are the same), s (the dot stands for line ends too) and u.", flag),
            };
        }

        return new RuleSyntax.Leaf(RegexLanguage.Parse(pool, pattern, flags), size);
    }

    private static int? One(string text) => text.EnumerateRunes().ToArray() is [var one] ? one.Value : null;
}
