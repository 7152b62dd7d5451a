namespace Decant.Decoding;

/// <summary>How the score of a beginning is made of the scores of what it can become.</summary>
public enum PrefixMarginal
{
    /// <summary>The best of them: many poor ways on do not make a beginning good.</summary>
    Max,

    /// <summary>Their sum: scores as unnormalised probabilities.</summary>
    Sum,
}
