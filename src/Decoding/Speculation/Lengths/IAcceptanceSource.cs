namespace Decant.Decoding;

/// <summary>Estimates how likely a drafted token is to be accepted. Safe for concurrent use. Register one in <see cref="DecodingServices"/> to name it in <see cref="AcceptanceLengthOptions.Source"/>.</summary>
public interface IAcceptanceSource
{
    /// <summary>The probability that the target accepts a token, given that it accepts those before it; 0 … 1.</summary>
    /// <param name="step">The token and the row it was drawn from.</param>
    double Probability(in DraftStep step);
}
