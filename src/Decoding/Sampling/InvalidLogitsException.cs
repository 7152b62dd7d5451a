namespace Decant.Decoding;

/// <summary>A row of logits that no token can be drawn from.</summary>
public sealed class InvalidLogitsException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong with the row, what likely happened and what to do.</param>
    public InvalidLogitsException(string message)
        : base(message)
    {
    }

    /// <summary>Describes a row whose largest value, <paramref name="maximum"/>, is not finite.</summary>
    internal static InvalidLogitsException ForMaximum(float maximum, int position) => new(maximum == float.NegativeInfinity
        ? $"Every logit at position {position} is -infinity: no token is allowed. Something that bans tokens (a bias, a mask) left none; loosen it."
        : $"The logits at position {position} contain {(float.IsNaN(maximum) ? "NaN" : "+infinity")}. Most likely the forward overflowed in half precision "
            + "(load the model in bfloat16 or float32), the weights are damaged (compare the file's checksum), or a logit processor divided by zero.");
}
