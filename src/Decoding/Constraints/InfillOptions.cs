using System.Text;

namespace Decant.Decoding;

/// <summary>The answer fills a gap: it goes on, whatever it says, until it has written the beginning of the text behind the gap, and ends there.</summary>
/// <remarks>
/// <para>For models without a format of their own for infilling: the prompt ends with what stands before the gap, the answer leads over to what stands behind it. It cannot end before the suffix's
/// beginning is written, and must where it is written first. Give <see cref="Join"/> as a stop sequence too if the answer's text should end before it.</para>
/// <para>A model that knows how to fill gaps says itself where they end; it needs no constraint.</para>
/// </remarks>
public sealed record InfillOptions : GrammarConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "infill";

    /// <summary>The text behind the gap; not empty. Required.</summary>
    public string? Suffix { get; init; }

    /// <summary>How much of the suffix is written to show that the answer has come there, in UTF-16 units; 1 … 1000, less where the suffix is shorter. Few are met by chance, many ask the model to repeat much. Default: 16.</summary>
    public int JoinLength { get; init; } = 16;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(!string.IsNullOrEmpty(Suffix), Suffix, nameof(Suffix), "a text that is not empty");
        Check(JoinLength is >= 1 and <= 1000, JoinLength, nameof(JoinLength), "from 1 to 1000");
    }

    /// <summary>What the answer ends with: the suffix's beginning.</summary>
    public string Join()
    {
        Validate();
        var length = Math.Min(JoinLength, Suffix!.Length);
        return Suffix[..(length < Suffix.Length && char.IsSurrogatePair(Suffix, length - 1) ? length + 1 : length)];
    }

    private protected override GrammarExpression Describe(GrammarBuilder builder, ITokenVocabulary vocabulary)
        => builder.Terminal(builder.Pool.And(Utf8Language.Text(builder.Pool), builder.Pool.Automaton(new FirstOccurrence(Encoding.UTF8.GetBytes(Join())))));
}

/// <summary>Texts that end with another, which they have nowhere before (Knuth, Morris and Pratt, 1977). A state is how many bytes of it are there.</summary>
internal sealed class FirstOccurrence : ByteAutomaton
{
    private readonly byte[] _sought;

    // For each beginning of what is sought, the longest shorter one that it ends with.
    private readonly int[] _shorter;

    public FirstOccurrence(byte[] sought)
    {
        (_sought, _shorter) = (sought, new int[sought.Length]);
        for (var length = 2; length < sought.Length; length++) _shorter[length] = Next(_shorter[length - 1], sought[length - 1]);
    }

    public override bool IsAccepting(int state) => state == _sought.Length;

    public override int Next(int state, byte value)
    {
        if (state == _sought.Length) return Refused;
        while (state > 0 && _sought[state] != value) state = _shorter[state];
        return _sought[state] == value ? state + 1 : 0;
    }
}
