namespace Decant.Decoding;

/// <summary>Every sentence of the answer ends with a citation of one of the call's documents: <c>The product of Patutex is silk. [2]</c></summary>
/// <remarks>
/// <para>A citation stands behind the sentence's mark (one <c>.</c>, <c>!</c> or <c>?</c>), after one space; several may follow each other,
/// with or without a space between: <c>[1][3]</c>. A mark between digits, as in 3.5, ends nothing, nor does one at the beginning of a sentence, as in .NET; after any other mark nothing but the
/// citation can follow, so "e.g.", "…" in dots and a quote closed behind the mark are not written. Square brackets are written for nothing else. The answer ends behind a citation.</para>
/// <para>That a citation is well formed does not make it true: have <c>CitationAttribution</c> or a verifier look at the answer. The prompt should number its
/// passages where the model is to know which is which.</para>
/// </remarks>
public sealed record CitationOptions : RegularConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "citations";

    /// <summary>Number of passages that can be cited, [1] to [Passages]; 1 … 999. Null (default): as many as the call has documents.</summary>
    public int? Passages { get; init; }

    /// <summary>Whether every sentence needs a citation. False: sentences may do without, and square brackets are still written for nothing else. Default: true.</summary>
    public bool Required { get; init; } = true;

    /// <inheritdoc/>
    public override void Validate() => Check(Passages);

    internal override GrammarConstraintOptions Complete(PlanContext context)
    {
        var passages = Passages ?? context.DocumentScores.Count;
        if (passages == 0)
            throw new ArgumentException("citations: the call has no documents that could be cited. Give them with ChatOptions.WithDocuments, or say how many passages the prompt has in Passages.");
        Check(passages);
        return this with { Passages = passages };
    }

    internal override ByteRegex Language(RegexPool pool) => pool.Automaton(new CitationAutomaton(Passages!.Value, Required));

    private void Check(int? passages) => Check(passages is null or (>= 1 and <= 999), passages, nameof(Passages), "from 1 to 999, or null for the call's documents");
}

/// <summary>Sentences with citations, byte by byte.</summary>
internal sealed class CitationAutomaton(int passages, bool required) : ByteAutomaton
{
    private const int Start = 0;
    private const int Sentence = 1;
    private const int Digit = 2;
    private const int Marked = 3;
    private const int MarkedDigit = 4;
    private const int Gap = 5;
    private const int Cited = 6;
    private const int Between = 7;

    // From here on a bracket is open; the state less this is the number so far.
    private const int Open = 8;

    public override IReadOnlyList<ByteSet> Sets { get; } = ByteSet.Each(" \n\r\t.!?[]0123456789"u8.ToArray());

    public override bool IsAccepting(int state) => state is Cited or Between || (!required && state < Open);

    public override int Next(int state, byte value) => state switch
    {
        Start => IsSpace(value) ? Start : Word(value),
        Sentence => IsMark(value) ? Marked : Word(value),
        Digit => IsMark(value) ? MarkedDigit : Word(value),
        MarkedDigit when IsDigit(value) => Digit,
        Marked or MarkedDigit when !required => IsSpace(value) ? Between : IsMark(value) ? Marked : Word(value),

        // Models end their turn behind a mark. Where that is refused, what comes next must be the citation and not something glued to the mark.
        Marked or MarkedDigit => value == ' ' ? Gap : Refused,
        Gap => value == '[' ? Open : Refused,
        Cited => value == '[' ? Open : IsSpace(value) ? Between : Refused,
        Between => value == '[' ? Open : IsSpace(value) ? Between : Word(value),
        _ => Number(state - Open, value),
    };

    // At a sentence's beginning a mark is part of a word, as in ".NET".
    private static int Word(byte value) => value is (byte)'[' or (byte)']' ? Refused : IsDigit(value) ? Digit : Sentence;

    private int Number(int number, byte value)
    {
        if (value == ']') return number > 0 ? Cited : Refused;
        if (!IsDigit(value)) return Refused;
        var next = (10 * number) + value - '0';
        return next > 0 && next <= passages ? Open + next : Refused;
    }

    private static bool IsMark(byte value) => value is (byte)'.' or (byte)'!' or (byte)'?';

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
}
