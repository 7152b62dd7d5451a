namespace Decant.Decoding;

/// <summary>A constraint whose texts a grammar describes. Compiled once for a vocabulary and kept, for options are values: the same schema in the next call costs nothing.</summary>
public abstract record GrammarConstraintOptions : ConstraintOptions
{
    /// <inheritdoc/>
    public override IConstraint Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new GrammarConstraint(Kind, GrammarCache.Get(context.Vocabulary, Complete(context)));
    }

    /// <summary>These options with what the call says in place of what they leave open.</summary>
    /// <exception cref="ArgumentException">The call does not say it; the message says what to do.</exception>
    internal virtual GrammarConstraintOptions Complete(PlanContext context) => this;

    /// <summary>Describes the texts, those of a whole answer or of a part of one.</summary>
    /// <param name="builder">Makes terminals and rules.</param>
    /// <param name="vocabulary">Where special tokens are found.</param>
    /// <exception cref="ArgumentException">The options describe no grammar; the message says what to do.</exception>
    internal abstract GrammarExpression Describe(GrammarBuilder builder, ITokenVocabulary vocabulary);

    internal CompiledGrammar CompileGrammar(ITokenVocabulary vocabulary)
    {
        var builder = new GrammarBuilder();
        return new CompiledGrammar(builder.Build(Describe(builder, vocabulary)), vocabulary) { Warnings = builder.Warnings };
    }
}
