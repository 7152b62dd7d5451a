namespace Decant.Decoding;

/// <summary>A part of a rule as a grammar's text has it, whatever language the grammar is written in.</summary>
internal abstract record RuleSyntax
{
    private RuleSyntax()
    {
    }

    /// <summary>A text or class of characters.</summary>
    /// <param name="Texts">What it stands for.</param>
    /// <param name="Size">How many characters it is written with.</param>
    public sealed record Leaf(ByteRegex Texts, int Size = 1) : RuleSyntax;

    /// <summary>A special token.</summary>
    public sealed record Token(int Id) : RuleSyntax;

    /// <summary>Another rule.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Position">Where that is written.</param>
    public sealed record Reference(string Name, int Position) : RuleSyntax;

    /// <summary>One after the other.</summary>
    public sealed record Sequence(IReadOnlyList<RuleSyntax> Parts) : RuleSyntax;

    /// <summary>One of several.</summary>
    public sealed record Choice(IReadOnlyList<RuleSyntax> Parts) : RuleSyntax;

    /// <summary>The same several times.</summary>
    public sealed record Repeat(RuleSyntax Part, int Min, int? Max) : RuleSyntax;
}
