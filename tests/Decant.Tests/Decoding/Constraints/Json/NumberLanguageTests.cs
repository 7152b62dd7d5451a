using System.Text;

namespace Decant.Tests.Decoding.Constraints.Json;

/// <summary>Languages of numbers against arithmetic, over every short number.</summary>
public class NumberLanguageTests
{
    private static readonly RegexPool _pool = new();
    private static readonly RegexDerivatives _derivatives = new(_pool);
    private static readonly NumberLanguage _numbers = new(_pool);

    // Up to two digits, then up to two behind the point.
    private static readonly string[] _texts = [.. Texts()];

    [Theory]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("10")]
    [InlineData("99")]
    [InlineData("1.5")]
    [InlineData("0.05")]
    [InlineData("12.34")]
    [InlineData("-0.5")]
    [InlineData("-10")]
    [InlineData("-9.99")]
    [InlineData("1e1")]
    [InlineData("25e-1")]
    public void Bounds_are_those_of_arithmetic(string bound)
    {
        var (number, value) = (DecimalNumber.Parse(bound), decimal.Parse(bound, System.Globalization.NumberStyles.Float));
        Same(_numbers.AtLeast(number, exclusive: false), text => text >= value);
        Same(_numbers.AtLeast(number, exclusive: true), text => text > value);
        Same(_numbers.AtMost(number, exclusive: false), text => text <= value);
        Same(_numbers.AtMost(number, exclusive: true), text => text < value);
        Same(_numbers.Values([number]), text => text == value);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    [InlineData("3")]
    [InlineData("7")]
    [InlineData("64")]
    [InlineData("0.01")]
    [InlineData("0.5")]
    [InlineData("1.5")]
    [InlineData("0.75")]
    [InlineData("0.07")]
    [InlineData("2.50")]
    public void Multiples_are_those_of_arithmetic(string divisor)
    {
        var value = decimal.Parse(divisor);
        Same(_numbers.MultiplesOf(DecimalNumber.Parse(divisor))!, text => text % value == 0);
    }

    [Fact]
    public void Integers_have_no_fraction_and_the_shortest_spelling_is_one()
    {
        Same(_numbers.Integers, text => text == decimal.Truncate(text));
        foreach (var text in _texts) Assert.Equal(decimal.Parse(text).ToString("0.##") == text, Has(_numbers.Shortest, text));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("1e3", "1000")]
    [InlineData("-12.340e1", "-123.4")]
    [InlineData("5E-3", "0.005")]
    [InlineData("120e-2", "1.2")]
    public void Numbers_are_read_exactly(string json, string digits) => Assert.Equal(digits, DecimalNumber.Parse(json).ToString());

    [Fact]
    public void Exponents_are_bounded() => Assert.Throws<ConstraintLimitException>(() => DecimalNumber.Parse("1e999999999"));

    private static void Same(ByteRegex language, Func<decimal, bool> has)
    {
        foreach (var text in _texts) Assert.True(has(decimal.Parse(text)) == Has(_pool.And(_numbers.All, language), text), text);
    }

    private static bool Has(ByteRegex language, string text) => Encoding.UTF8.GetBytes(text).Aggregate(language, _derivatives.Derive).IsNullable;

    private static IEnumerable<string> Texts()
    {
        string[] fractions = ["", .. Enumerable.Range(0, 10).Select(i => $".{i}"), .. Enumerable.Range(0, 100).Select(i => $".{i:00}")];
        foreach (var whole in Enumerable.Range(0, 130))
        {
            foreach (var fraction in fractions)
            {
                yield return $"{whole}{fraction}";
                if (whole > 0 || fraction.Trim('.', '0').Length > 0) yield return $"-{whole}{fraction}";
            }
        }
    }
}
