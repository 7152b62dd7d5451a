namespace Decant.Decoding;

/// <summary>
/// Multiples of <paramref name="divisor"/> / 10^<paramref name="fraction"/>, digit by digit: the state is the remainder of the digits so far and how many of them are behind the point.
/// </summary>
internal sealed class MultipleAutomaton(int divisor, int fraction) : ByteAutomaton
{
    /// <summary>The largest divisor. To find out whether anything is left of a number takes a look at as many states.</summary>
    public const int MaxDivisor = 10_000;

    /// <summary>The most digits behind the point.</summary>
    public const int MaxFraction = 18;

    private const int Start = 0;
    private const int Signed = 1;

    // From here on: places behind the point so far (0: before it) times the divisor, plus the remainder. The last of them are zeros behind all places that count.
    private const int Numbers = 2;

    public override IReadOnlyList<ByteSet> Sets { get; } = [ByteSet.Of((byte)'-'), ByteSet.Of((byte)'.'), .. Enumerable.Range('0', 10).Select(digit => ByteSet.Of((byte)digit))];

    public override bool IsAccepting(int state)
    {
        if (state < Numbers) return false;
        var (places, remainder) = At(state);
        return (Int128)remainder * PowerOfTen(fraction - Math.Max(0, places - 1)) % divisor == 0;
    }

    public override int Next(int state, byte value)
    {
        if (value == '-') return state == Start ? Signed : Refused;
        if (value == '.') return state >= Numbers && At(state) is (0, var whole) && CanEnd(whole, 0) ? State(1, whole) : Refused;
        if (value is < (byte)'0' or > (byte)'9') return Refused;
        var digit = value - '0';
        if (state < Numbers) return State(0, digit % divisor);
        var (places, remainder) = At(state);

        // The point is a place of its own, so places count one more than digits.
        if (places == fraction + 1) return digit == 0 ? state : Refused;
        remainder = ((10 * remainder) + digit) % divisor;
        return places == 0 ? State(0, remainder) : CanEnd(remainder, places) ? State(places + 1, remainder) : Refused;
    }

    // Whether digits that are yet to come can make a multiple of it.
    private bool CanEnd(long remainder, int digits)
    {
        var scale = PowerOfTen(fraction - digits);
        var missing = (divisor - (int)((Int128)remainder * scale % divisor)) % divisor;
        return missing < scale;
    }

    private (int Places, long Remainder) At(int state) => ((state - Numbers) / divisor, (state - Numbers) % divisor);

    private int State(int places, long remainder) => Numbers + (places * divisor) + (int)remainder;

    private static long PowerOfTen(int exponent)
    {
        var power = 1L;
        for (var i = 0; i < exponent; i++) power *= 10;
        return power;
    }
}
