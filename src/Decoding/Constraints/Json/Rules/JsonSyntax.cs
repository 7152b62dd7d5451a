namespace Decant.Decoding;

/// <summary>What stands between JSON values, with the whitespace that may be there.</summary>
internal sealed class JsonSyntax
{
    // A model that may write blanks for ever does. This is enough for a pretty-printed line.
    private const int MaxWhitespace = 40;

    public JsonSyntax(RegexPool pool, JsonWhitespace whitespace)
    {
        var blanks = pool.Bytes(ByteSet.Of((byte)' ') | ByteSet.Of((byte)'\t') | ByteSet.Of((byte)'\n') | ByteSet.Of((byte)'\r'));
        Space = whitespace == JsonWhitespace.Flexible ? pool.Repeat(blanks, 0, MaxWhitespace) : pool.Empty;
        var behind = whitespace == JsonWhitespace.Spaced ? pool.Optional(pool.Literal(" ")) : Space;
        OpenArray = pool.Concat(pool.Literal("["), Space);
        CloseArray = pool.Concat(Space, pool.Literal("]"));
        OpenObject = pool.Concat(pool.Literal("{"), Space);
        CloseObject = pool.Concat(Space, pool.Literal("}"));
        Comma = pool.Concat(Space, pool.Literal(","), behind);
        Colon = pool.Concat(Space, pool.Literal(":"), behind);
    }

    public ByteRegex Space { get; }

    public ByteRegex OpenArray { get; }

    public ByteRegex CloseArray { get; }

    public ByteRegex OpenObject { get; }

    public ByteRegex CloseObject { get; }

    public ByteRegex Comma { get; }

    public ByteRegex Colon { get; }
}
