namespace Decant.Decoding;

/// <summary>Reads <c>*</c>, <c>+</c>, <c>?</c>, <c>{n}</c>, <c>{n,}</c> and <c>{n,m}</c>, as regular expressions and grammars write repetitions.</summary>
internal static class RepetitionSyntax
{
    /// <summary>How often, or null where no repetition comes next; then nothing is read.</summary>
    public static (int Min, int? Max)? Read(SyntaxReader reader)
    {
        if (reader.TryRead('*')) return (0, null);
        if (reader.TryRead('+')) return (1, null);
        if (reader.TryRead('?')) return (0, 1);
        var start = reader.Position;
        if (reader.TryRead('{') && reader.ReadCount() is { } min)
        {
            if (reader.TryRead('}')) return (min, min);
            if (reader.TryRead(','))
            {
                var max = reader.ReadCount();
                if (reader.TryRead('}')) return max >= min || max is null ? (min, max) : throw reader.Error("The most are fewer than the fewest. Write {fewest,most}.", start);
            }
        }

        reader.Position = start;
        return null;
    }
}
