namespace Decant.Decoding;

/// <summary>A constraint whose texts are a regular language. Several of a call become one, their intersection: they never lead into a dead end, and whether any text is left is known before decoding begins.</summary>
public abstract record RegularConstraintOptions : GrammarConstraintOptions
{
    /// <summary>The texts.</summary>
    /// <param name="pool">Makes the language.</param>
    internal abstract ByteRegex Language(RegexPool pool);

    /// <summary>How many states may be looked at to find out whether there is a text.</summary>
    private protected virtual int MaxSearched => RegexDerivatives.MaxSearched;

    /// <summary>What to say where there is no text.</summary>
    private protected virtual string Contradiction(GrammarBuilder builder) => $"{Kind}: no text is allowed, for what it asks for contradicts itself.";

    internal sealed override GrammarExpression Describe(GrammarBuilder builder, ITokenVocabulary vocabulary)
    {
        var language = Language(builder.Pool);
        return builder.Derivatives.IsEmpty(language, MaxSearched) ? throw new ArgumentException(Contradiction(builder)) : builder.Terminal(language);
    }
}
