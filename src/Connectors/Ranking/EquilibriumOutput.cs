namespace Decant.Connectors.Ranking;

/// <summary>Whose view of the candidates <see cref="EquilibriumRanking"/> ranks by, once both have come to terms.</summary>
public enum EquilibriumOutput
{
    /// <summary>The judge's: how likely an answer is correct (ER-D).</summary>
    Discriminator,

    /// <summary>The writer's: how likely an answer is to be given where a correct one is asked for (ER-G).</summary>
    Generator,
}
