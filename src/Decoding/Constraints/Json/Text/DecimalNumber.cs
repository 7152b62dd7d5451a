using System.Globalization;

namespace Decant.Decoding;

/// <summary>An exact decimal number.</summary>
/// <param name="IsNegative">Whether it is below 0.</param>
/// <param name="Whole">The digits before the point, without zeros in front; "0" where there are none.</param>
/// <param name="Fraction">The digits behind the point, without zeros at the end.</param>
internal readonly record struct DecimalNumber(bool IsNegative, string Whole, string Fraction)
{
    private const int MaxExponent = 2_000;

    public bool IsZero => Whole == "0" && Fraction.Length == 0;

    public bool IsInteger => Fraction.Length == 0;

    /// <summary>Its digits, such as -2.5.</summary>
    public override string ToString() => (IsNegative ? "-" : "") + Whole + (IsInteger ? "" : "." + Fraction);

    /// <summary>Reads a number as JSON writes it.</summary>
    /// <exception cref="ConstraintLimitException">Its exponent is beyond ±2000.</exception>
    public static DecimalNumber Parse(string json)
    {
        var exponentAt = json.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (exponentAt >= 0 && (!int.TryParse(json.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > MaxExponent))
            throw new ConstraintLimitException($"the number {json} has more than {MaxExponent:N0} digits");
        var mantissa = (exponentAt < 0 ? json : json[..exponentAt]).TrimStart('-');
        var point = mantissa.IndexOf('.');
        var (whole, fraction) = point < 0 ? (mantissa, "") : (mantissa[..point], mantissa[(point + 1)..]);
        if (exponent > 0)
        {
            fraction = fraction.PadRight(exponent, '0');
            (whole, fraction) = (whole + fraction[..exponent], fraction[exponent..]);
        }
        else if (exponent < 0)
        {
            whole = whole.PadLeft(1 - exponent, '0');
            (whole, fraction) = (whole[..^-exponent], whole[^-exponent..] + fraction);
        }

        whole = whole.TrimStart('0');
        var number = new DecimalNumber(json[0] == '-', whole.Length == 0 ? "0" : whole, fraction.TrimEnd('0'));
        return number.IsZero ? number with { IsNegative = false } : number;
    }
}
