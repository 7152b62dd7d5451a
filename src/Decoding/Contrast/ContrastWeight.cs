namespace Decant.Decoding;

/// <summary>How strongly a contrast counts at a step. Immutable, a pure function of the two rows.</summary>
internal interface IContrastWeight
{
    /// <summary>The weight; what is measured for it goes into the report.</summary>
    float At(ReadOnlySpan<float> positive, ReadOnlySpan<float> negative, RowScratch scratch, ref RowReport report);
}

/// <summary>The same weight at every step.</summary>
internal sealed class ConstantWeight(float value) : IContrastWeight
{
    public float At(ReadOnlySpan<float> positive, ReadOnlySpan<float> negative, RowScratch scratch, ref RowReport report) => value;
}
