namespace Decant.Connectors.Ranking;

/// <summary>One candidate of an <see cref="EquilibriumRanking"/>.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Generator">How likely it is to be given where a correct answer is asked for, of all candidates, once writer and judge have come to terms.</param>
/// <param name="Discriminator">How likely it is correct, once they have.</param>
/// <param name="FirstGenerator">What the writer said before: high for answers that are given rather as correct than as incorrect ones.</param>
/// <param name="FirstDiscriminator">What the judge said before, compared with what it said of the other candidates.</param>
public sealed record EquilibriumAnswer(string Text, double Generator, double Discriminator, double FirstGenerator, double FirstDiscriminator);
