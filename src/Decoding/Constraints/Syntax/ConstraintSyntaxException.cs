namespace Decant.Decoding;

/// <summary>A pattern or grammar is not written as its language demands, or uses something that is not supported. The message says where, what is wrong and what to write instead.</summary>
public sealed class ConstraintSyntaxException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="kind">The constraint's kind, such as "gbnf".</param>
    /// <param name="text">The whole pattern or grammar.</param>
    /// <param name="position">Where it is wrong: an index into <paramref name="text"/>, its length included.</param>
    /// <param name="reason">What is wrong and what to do, as sentences.</param>
    public ConstraintSyntaxException(string kind, string text, int position, string reason)
        : this(kind, Place(text, position), reason)
    {
    }

    private ConstraintSyntaxException(string kind, (int Line, int Column) place, string reason)
        : base($"{kind}: line {place.Line}, column {place.Column}: {reason}") => (Line, Column) = place;

    /// <summary>The line; the first is 1.</summary>
    public int Line { get; }

    /// <summary>The UTF-16 unit in the line; the first is 1.</summary>
    public int Column { get; }

    private static (int Line, int Column) Place(string text, int position)
    {
        ArgumentNullException.ThrowIfNull(text);
        var before = text.AsSpan(0, position);
        return (before.Count('\n') + 1, position - before.LastIndexOf('\n'));
    }
}
