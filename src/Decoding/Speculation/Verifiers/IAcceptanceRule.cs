namespace Decant.Decoding;

/// <summary>Which tokens the target finds good enough, whatever proposed them.</summary>
internal interface IAcceptanceRule
{
    /// <summary>The probability that a token must have at least in a distribution of the target's.</summary>
    double Least(TokenDistribution target);
}
