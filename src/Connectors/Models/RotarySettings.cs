namespace Decant.Connectors.Models;

/// <summary>Rotary position embedding: θᵢ = base^(−2i/d), scaled as <see cref="Scaling"/> says. Formulas as in the families' own releases.</summary>
public sealed record RotarySettings
{
    /// <summary>The base, <c>rope_theta</c>.</summary>
    public required double Base { get; init; }

    /// <summary>How many of a head's dimensions turn (even; the first ones). Dimension i pairs with i + half.</summary>
    public required int Dimensions { get; init; }

    /// <summary>Kind of scaling.</summary>
    public RotaryScaling Scaling { get; init; }

    /// <summary>Stretch factor.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Context length before stretching.</summary>
    public int OriginalContext { get; init; }

    /// <summary>Llama 3: wavelengths above original context / this are stretched fully.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths below original context / this are kept.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>YaRN: rotations over the original context above which a frequency is kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: rotations below which it is stretched fully.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: whether the ramp's ends are rounded to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>YaRN's or LongRoPE's factor on cosine and sine, as given or as its formula says; 1 otherwise.</summary>
    public double Magnitude { get; init; } = 1;

    /// <summary>LongRoPE: divisors for contexts up to <see cref="OriginalContext"/>; one per pair of dimensions.</summary>
    public IReadOnlyList<double> ShortFactors { get; init; } = [];

    /// <summary>LongRoPE: divisors for longer contexts.</summary>
    public IReadOnlyList<double> LongFactors { get; init; } = [];

    /// <summary>
    /// Whether frequencies depend on how many positions a row sees (dynamic NTK). An engine gives each row the frequencies of its own
    /// length, so that how a prompt is cut into chunks changes nothing.
    /// </summary>
    public bool DependsOnLength => Scaling == RotaryScaling.Dynamic;

    /// <summary>Radians per position of each pair (<see cref="Dimensions"/> / 2 of them).</summary>
    /// <param name="length">Dynamic: positions the row sees. LongRoPE: the context the model is opened with. Otherwise unused.</param>
    public float[] InverseFrequencies(int length)
    {
        var result = new float[Dimensions / 2];
        for (var i = 0; i < result.Length; i++) result[i] = (float)InverseFrequency(i, length);
        return result;
    }

    private double InverseFrequency(int i, int length)
    {
        var plain = Plain(Base, i);
        switch (Scaling)
        {
            case RotaryScaling.Linear:
                return plain / Factor;
            case RotaryScaling.Dynamic:
                var stretch = Factor * Math.Max(length, OriginalContext) / OriginalContext - (Factor - 1);
                return Plain(Base * Math.Pow(stretch, Dimensions / (Dimensions - 2.0)), i);
            case RotaryScaling.Llama3:
                return Llama3(plain);
            case RotaryScaling.Yarn:
                var ramp = YarnRamp(i);
                return plain / Factor * ramp + plain * (1 - ramp);
            case RotaryScaling.LongRope:
                return plain / (length > OriginalContext ? LongFactors : ShortFactors)[i];
            default:
                return plain;
        }
    }

    private double Plain(double theBase, int i) => Math.Pow(theBase, -2.0 * i / Dimensions);

    private double Llama3(double plain)
    {
        var rotations = OriginalContext * plain / (2 * Math.PI);
        if (rotations < LowFrequencyFactor) return plain / Factor;
        if (rotations > HighFrequencyFactor) return plain;
        var smooth = (rotations - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        return (1 - smooth) * plain / Factor + smooth * plain;
    }

    /// <summary>0: keep the frequency; 1: stretch it fully.</summary>
    private double YarnRamp(int i)
    {
        var low = YarnDimension(BetaFast);
        var high = YarnDimension(BetaSlow);
        if (Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        low = Math.Max(low, 0);
        high = Math.Min(high, Dimensions - 1);
        if (low == high) high += 0.001;
        return Math.Clamp((i - low) / (high - low), 0, 1);
    }

    private double YarnDimension(double rotations) => Dimensions * Math.Log(OriginalContext / (rotations * 2 * Math.PI)) / (2 * Math.Log(Base));

    /// <inheritdoc/>
    public bool Equals(RotarySettings? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Base == other.Base && Dimensions == other.Dimensions && Scaling == other.Scaling && Factor == other.Factor
        && OriginalContext == other.OriginalContext && LowFrequencyFactor == other.LowFrequencyFactor && HighFrequencyFactor == other.HighFrequencyFactor
        && BetaFast == other.BetaFast && BetaSlow == other.BetaSlow && Truncate == other.Truncate && Magnitude == other.Magnitude
        && ShortFactors.SequenceEqual(other.ShortFactors) && LongFactors.SequenceEqual(other.LongFactors));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Base, Dimensions, Scaling, Factor, OriginalContext, Magnitude);
}
