using System.Collections.Concurrent;
using TorchSharp;

namespace Decant.Connectors.Torch;

/// <summary>
/// Numbers as libtorch's operators take them, kept alive. A number written into a call (x * 2, x + y, which is x + 1 · y) becomes an object that
/// TorchSharp's finalizer may free while the native code still reads it; one that lives here never is.
/// </summary>
internal static class KeptScalars
{
    private static readonly ConcurrentDictionary<double, Scalar> _numbers = new();
    private static readonly ConcurrentDictionary<long, Scalar> _integers = new();

    public static Scalar One { get; } = Of(1.0);

    public static Scalar NegativeInfinity { get; } = Of(double.NegativeInfinity);

    public static Scalar Of(double value) => _numbers.GetOrAdd(value, static value => value.ToScalar());

    public static Scalar OfInteger(long value) => _integers.GetOrAdd(value, static value => value.ToScalar());
}
