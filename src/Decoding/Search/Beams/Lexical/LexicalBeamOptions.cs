using System.Text;

namespace Decant.Decoding;

/// <summary>Beam search for a text that says what it must: beams that have satisfied different demands are kept side by side, so that a text may take the turn that leads to one even where it is unlikely.</summary>
/// <remarks>
/// <para>Sources: Lu and others, "NeuroLogic Decoding", 2021, and "NeuroLogic A*esque Decoding", 2022 (<see cref="Lookahead"/>); with <see cref="Banks"/>, Post and Vilar, "Fast Lexically Constrained Decoding with
/// Dynamic Beam Allocation", 2018. Texts are matched byte by byte, however they are cut into tokens, and count inside words too; inflections, capitals and leading spaces are texts of one clause. A model's reasoning
/// counts as text. A text that has satisfied a clause has done so for good; a phrase that it has begun and does not go on with has not been begun.</para>
/// <para>NeuroLogic: of the <see cref="Prune"/> likeliest continuations of all beams, those go that complete what is excluded, or have satisfied <see cref="SatTolerance"/> clauses fewer than the one with the most. The rest
/// is grouped by which clauses they have satisfied, and the groups fill the beam in turn, each by log-probability per token + <see cref="PhraseWeight"/> · (the largest share written of an unsatisfied phrase) +
/// <see cref="Alpha"/> · (what the lookahead finds). What is less likely than the <see cref="Prune"/> likeliest is never written: where the model does not come near a phrase, the answer lacks it. Banks: the likeliest
/// continuations, and the next tokens of all phrases (or the end, where all is said) however unlikely, in banks by how many tokens of phrases they have written; banks share the beam equally, and what one does not need the fullest get.</para>
/// <para>A text ends only when it has satisfied all. The answer is the likeliest of the texts that ended so; nothing that is left out of the beam is considered again. Where none did (a limit came first, or no
/// continuation was possible), the answer is the one that has satisfied most, with a warning.</para>
/// </remarks>
public sealed record LexicalBeamOptions : SearchOptions
{
    private const int MaxBytes = 2000;

    /// <inheritdoc/>
    public override string Kind => "lexical-beam";

    /// <summary>What must be said, of each clause one text, as in <see cref="LexicalOptions.Clauses"/>; 1 to 16 clauses, none of them and no text empty. All texts together have at most 2000 bytes, those excluded included.</summary>
    public ValueList<ValueList<string>> Clauses { get; init; } = [];

    /// <summary>What must not be said; no text empty. Default: none.</summary>
    public ValueList<string> Excluded { get; init; } = [];

    /// <summary>Beginnings to keep; 1 … 64. Default: 20.</summary>
    public int Beams { get; init; } = 20;

    /// <summary>Whether to keep banks by tokens written (dynamic beam allocation) instead of groups by clauses satisfied. Null: no.</summary>
    public bool? Banks { get; init; }

    /// <summary>How many of the likeliest continuations count; <see cref="Beams"/> … 1000. Not with <see cref="Banks"/>. Null: 50, or <see cref="Beams"/> where that is more.</summary>
    public int? Prune { get; init; }

    /// <summary>How many clauses a beginning may lag behind the one that has satisfied most; 0 … 16. Not with <see cref="Banks"/>. Null: 2.</summary>
    public int? SatTolerance { get; init; }

    /// <summary>λ: how much a phrase counts that has begun; 0 … 100. Not with <see cref="Banks"/>. Null: 0.1.</summary>
    public double? PhraseWeight { get; init; }

    /// <summary>How many tokens to look ahead (A*esque); 0 … 10. Every continuation that counts is written on so far at every token, which costs as many forwards. Not with <see cref="Banks"/>. Null: 0.</summary>
    public int? Lookahead { get; init; }

    /// <summary>How to look ahead. Only with <see cref="Lookahead"/>. Null: greedily.</summary>
    public LookaheadMode? LookaheadMode { get; init; }

    /// <summary>α: how much what the lookahead finds counts; 0 … 100. Only with <see cref="Lookahead"/>. Null: 0.25, with <see cref="LookaheadMode.Sample"/> 0.3, with <see cref="LookaheadMode.Beam"/> 0.45.</summary>
    public double? Alpha { get; init; }

    internal override bool Draws => false;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Clauses.Count is >= 1 and <= LexicalOptions.MaxClauses && Clauses.All(clause => clause.Count > 0 && !clause.Contains("")), Clauses, nameof(Clauses), "1 to 16 clauses, each a list of texts that are not empty");
        Check(!Excluded.Contains(""), Excluded, nameof(Excluded), "a list of texts that are not empty");
        Check(Clauses.SelectMany(clause => clause).Concat(Excluded).Sum(Encoding.UTF8.GetByteCount) <= MaxBytes, Clauses, nameof(Clauses), $"texts of at most 2000 bytes, those of {nameof(Excluded)} included");
        Check(Beams is >= 1 and <= 64, Beams, nameof(Beams), "from 1 to 64");
        const string NoBanks = $", and null with {nameof(Banks)}";
        Check(Prune is null || (Prune >= Beams && Prune <= 1000 && Banks != true), Prune, nameof(Prune), $"from {nameof(Beams)} to 1000{NoBanks}");
        Check(SatTolerance is null || (SatTolerance is >= 0 and <= LexicalOptions.MaxClauses && Banks != true), SatTolerance, nameof(SatTolerance), $"from 0 to 16{NoBanks}");
        Check(PhraseWeight is null || (PhraseWeight is >= 0 and <= 100 && Banks != true), PhraseWeight, nameof(PhraseWeight), $"a number from 0 to 100{NoBanks}");
        Check(Lookahead is null || (Lookahead is >= 0 and <= 10 && Banks != true), Lookahead, nameof(Lookahead), $"from 0 to 10{NoBanks}");
        const string Looks = $", and null without {nameof(Lookahead)}";
        Check(LookaheadMode is null || (Lookahead > 0 && Enum.IsDefined(LookaheadMode.Value)), LookaheadMode, nameof(LookaheadMode), $"a known way{Looks}");
        Check(Alpha is null || (Alpha is >= 0 and <= 100 && Lookahead > 0), Alpha, nameof(Alpha), $"a number from 0 to 100{Looks}");
    }

    /// <inheritdoc/>
    public override ISearch Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        if (LookaheadMode == Decoding.LookaheadMode.Sample) context.RequireDraws(Kind);
        if (Clauses.FirstOrDefault(clause => clause.All(text => Excluded.Any(text.Contains))) is { } clause)
            throw new ArgumentException($"{Kind}: each of {clause} contains what is excluded, so that nothing can be said. Change {nameof(Clauses)} or {nameof(Excluded)}.");
        var phrases = new LexicalPhrases(Clauses, Excluded, context);
        return new BeamSearch(run => new LexicalBeam(run, this, phrases));
    }
}
