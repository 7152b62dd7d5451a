using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>Every sentence of the answer ends with a citation of one of the call's documents: <c>The product of Patutex is silk. [2]</c></summary>
/// <remarks>
/// <para>A citation stands behind the sentence's mark (<c>.</c>, <c>!</c> or <c>?</c>, with closing quotes and brackets), after one space; several may follow each other,
/// with or without a space between: <c>[1][3]</c>. A mark inside a word or number, as in 3.5, ends nothing; an abbreviation before a space does. Square brackets are
/// written for nothing else. The answer ends behind a citation.</para>
/// <para>That a citation is well formed does not make it true: have <c>CitationAttribution</c> or a verifier look at the answer. The prompt should number its
/// passages where the model is to know which is which. Whatever is generated is constrained, reasoning included: turn thinking off.</para>
/// </remarks>
public sealed record CitationOptions : ConstraintOptions
{
    // By vocabulary, for a plan is compiled for every call.
    private static readonly ConditionalWeakTable<ITokenVocabulary, ConcurrentDictionary<(int Passages, bool Required), TokenAutomaton>> _known = [];

    /// <inheritdoc/>
    public override string Kind => "citations";

    /// <summary>Number of passages that can be cited, [1] to [Passages]; 1 … 999. Null (default): as many as the call has documents.</summary>
    public int? Passages { get; init; }

    /// <summary>Whether every sentence needs a citation. False: sentences may do without, and square brackets are still written for nothing else. Default: true.</summary>
    public bool Required { get; init; } = true;

    /// <inheritdoc/>
    public override void Validate() => Check(Passages);

    /// <inheritdoc/>
    public override IConstraint Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var passages = Passages ?? context.DocumentScores.Count;
        if (passages == 0)
            throw new ArgumentException("citations: the call has no documents that could be cited. Give them with ChatOptions.WithDocuments, or say how many passages the prompt has in Passages.");
        Check(passages);
        var automata = _known.GetOrCreateValue(context.Vocabulary);
        return new AutomatonConstraint(Kind, automata.GetOrAdd((passages, Required), key => new TokenAutomaton(new CitationAutomaton(key.Passages, key.Required), context.Vocabulary)));
    }

    private void Check(int? passages) => Require(passages is null or (>= 1 and <= 999), passages, nameof(Passages), "from 1 to 999, or null for the call's documents");
}

/// <summary>Sentences with citations, byte by byte.</summary>
internal sealed class CitationAutomaton(int passages, bool required) : ByteAutomaton
{
    private const int Start = 0;
    private const int Sentence = 1;
    private const int Marked = 2;
    private const int Gap = 3;
    private const int Cited = 4;
    private const int Between = 5;

    // From here on a bracket is open; the state less this is the number so far.
    private const int Open = 6;

    public override int StateCount => Open + passages + 1;

    public override bool IsAccepting(int state) => state is Cited or Between || (!required && state < Open);

    public override int Next(int state, byte value) => state switch
    {
        Start => IsSpace(value) ? Start : Word(value),
        Sentence => IsMark(value) ? Marked : Word(value),
        Marked when IsMark(value) || IsClosing(value) => Marked,
        Marked when !IsSpace(value) => Word(value),
        Marked when !required => Between,
        Marked => value == ' ' ? Gap : Refused,
        Gap => value == '[' ? Open : Refused,
        Cited => value == '[' ? Open : IsSpace(value) ? Between : Refused,
        Between => value == '[' ? Open : IsSpace(value) ? Between : Word(value),
        _ => Number(state - Open, value),
    };

    // At a sentence's beginning a mark is part of a word, as in ".NET".
    private static int Word(byte value) => value is (byte)'[' or (byte)']' ? Refused : Sentence;

    private int Number(int number, byte value)
    {
        if (value == ']') return number > 0 ? Cited : Refused;
        if (value is < (byte)'0' or > (byte)'9') return Refused;
        var next = (10 * number) + value - '0';
        return next > 0 && next <= passages ? Open + next : Refused;
    }

    private static bool IsMark(byte value) => value is (byte)'.' or (byte)'!' or (byte)'?';

    private static bool IsClosing(byte value) => value is (byte)'"' or (byte)'\'' or (byte)')';

    private static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
}
