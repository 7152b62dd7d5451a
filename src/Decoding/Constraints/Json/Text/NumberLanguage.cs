using System.Numerics;

namespace Decant.Decoding;

/// <summary>
/// Sets of numbers as regular languages: digits, with or without a fraction, without an exponent. Every number has all its spellings (2, 2.0, 2.00), so what holds for numbers holds for texts.
/// −0 is written 0.
/// </summary>
internal sealed class NumberLanguage
{
    private readonly RegexPool _pool;
    private readonly ByteRegex _digit;
    private readonly ByteRegex _digits;
    private readonly ByteRegex _zeros;
    private readonly ByteRegex _nonZero;
    private readonly ByteRegex _point;
    private readonly ByteRegex _minus;
    private readonly ByteRegex _whole;
    private readonly ByteRegex _magnitude;
    private readonly ByteRegex _anyFraction;
    private readonly ByteRegex _zeroFraction;

    public NumberLanguage(RegexPool pool)
    {
        _pool = pool;
        _digit = Range('0', '9');
        _digits = pool.Repeat(_digit, 0, null);
        _nonZero = Range('1', '9');
        _zeros = pool.Repeat(Range('0', '0'), 0, null);
        _point = pool.Literal(".");
        _minus = pool.Literal("-");
        _whole = pool.Or(Range('0', '0'), pool.Concat(_nonZero, _digits));
        _anyFraction = pool.Optional(pool.Concat(_point, _digit, _digits));
        _zeroFraction = pool.Optional(pool.Concat(_point, Range('0', '0'), _zeros));
        _magnitude = pool.Concat(_whole, _anyFraction);
        All = Signed(_magnitude);
        Integers = Signed(pool.Concat(_whole, _zeroFraction));
        Shortest = pool.Concat(pool.Optional(_minus), _whole, pool.Optional(pool.Concat(_point, _digits, _nonZero)));
    }

    /// <summary>All numbers.</summary>
    public ByteRegex All { get; }

    /// <summary>Numbers without a fraction but zeros.</summary>
    public ByteRegex Integers { get; }

    /// <summary>One spelling of each number, the shortest; and −0.</summary>
    public ByteRegex Shortest { get; }

    /// <summary>Everything that JSON calls a number, exponents included.</summary>
    /// <param name="maxExponentDigits">The most digits of an exponent; null for any number.</param>
    public ByteRegex Json(int? maxExponentDigits)
    {
        var exponent = _pool.Concat(_pool.Or(_pool.Literal("e"), _pool.Literal("E")), _pool.Optional(_pool.Or(_minus, _pool.Literal("+"))), _pool.Repeat(_digit, 1, maxExponentDigits));
        return _pool.Concat(_pool.Optional(_minus), _magnitude, _pool.Optional(exponent));
    }

    /// <summary>Some numbers.</summary>
    public ByteRegex Values(IReadOnlyList<DecimalNumber> numbers) => _pool.Or(
        _pool.Concat(_pool.Literals(numbers.Where(number => number.IsInteger).Select(number => number.ToString())), _zeroFraction),
        _pool.Concat(_pool.Literals(numbers.Where(number => !number.IsInteger).Select(number => number.ToString())), _zeros));

    /// <summary>Numbers from <paramref name="bound"/> on.</summary>
    public ByteRegex AtLeast(DecimalNumber bound, bool exclusive) => bound.IsNegative
        ? _pool.Or(_magnitude, _pool.Concat(_minus, _pool.And(MagnitudeAtLeast(new DecimalNumber(false, "0", ""), exclusive: true), MagnitudeAtMost(bound, exclusive))))
        : MagnitudeAtLeast(bound, exclusive);

    /// <summary>Numbers up to <paramref name="bound"/>.</summary>
    public ByteRegex AtMost(DecimalNumber bound, bool exclusive) => bound.IsNegative
        ? _pool.Concat(_minus, MagnitudeAtLeast(bound, exclusive))
        : _pool.Or(Negative(_magnitude), MagnitudeAtMost(bound, exclusive));

    /// <summary>Multiples of a number, or null where it takes too many states to find them.</summary>
    public ByteRegex? MultiplesOf(DecimalNumber divisor)
    {
        var scaled = BigInteger.Parse(divisor.Whole + divisor.Fraction);
        return scaled > MultipleAutomaton.MaxDivisor || divisor.Fraction.Length > MultipleAutomaton.MaxFraction
            ? null
            : _pool.And(All, _pool.Automaton(new MultipleAutomaton((int)scaled, divisor.Fraction.Length)));
    }

    // More digits before the point, or a larger one at the first place that differs.
    private ByteRegex MagnitudeAtLeast(DecimalNumber bound, bool exclusive)
    {
        var (_, whole, fraction) = bound;
        var ways = new List<ByteRegex> { _pool.Concat(_nonZero, _pool.Repeat(_digit, whole.Length, null), _anyFraction) };
        for (var i = 0; i < whole.Length; i++)
            ways.Add(_pool.Concat(_pool.Literal(whole[..i]), Range((char)(whole[i] + 1), '9'), _pool.Repeat(_digit, whole.Length - i - 1, whole.Length - i - 1), _anyFraction));
        for (var i = 0; i < fraction.Length; i++) ways.Add(_pool.Concat(_pool.Literal($"{whole}.{fraction[..i]}"), Range((char)(fraction[i] + 1), '9'), _digits));
        var more = _pool.Concat(_zeros, _nonZero, _digits);
        ways.Add(fraction.Length == 0
            ? _pool.Concat(_pool.Literal(whole), exclusive ? _pool.Concat(_point, more) : _anyFraction)
            : _pool.Concat(_pool.Literal($"{whole}.{fraction}"), exclusive ? more : _digits));
        return _pool.Or([.. ways]);
    }

    private ByteRegex MagnitudeAtMost(DecimalNumber bound, bool exclusive) => _pool.And(_magnitude, _pool.Not(MagnitudeAtLeast(bound, !exclusive)));

    private ByteRegex Signed(ByteRegex magnitude) => _pool.Or(magnitude, Negative(magnitude));

    private ByteRegex Negative(ByteRegex magnitude) => _pool.Concat(_minus, _pool.And(magnitude, _pool.Not(_pool.Concat(Range('0', '0'), _zeroFraction))));

    private ByteRegex Range(char first, char last) => _pool.Bytes(ByteSet.Range((byte)first, (byte)last));
}
