namespace Decant.Decoding;

/// <summary>The answer is one of several texts, and nothing else.</summary>
/// <remarks>Texts are compared byte for byte: upper and lower case are distinct. One may begin with another. There may be a hundred thousand.</remarks>
public sealed record ChoiceOptions : GrammarConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "choice";

    /// <summary>The texts; none is empty. Required.</summary>
    public ValueList<string> Choices { get; init; } = [];

    /// <inheritdoc/>
    public override void Validate() => Check(Choices.Count > 0 && !Choices.Contains(""), Choices, nameof(Choices), "a list of at least one text, none of them empty");

    private protected override GrammarExpression Describe(GrammarBuilder builder, ITokenVocabulary vocabulary) => builder.Terminal(builder.Pool.Literals(Choices));
}
