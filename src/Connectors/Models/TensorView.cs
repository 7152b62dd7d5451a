using System.Numerics.Tensors;

namespace Decant.Connectors.Models;

/// <summary>A tensor in a mapped file. Valid while its <see cref="SafetensorsFolder"/> is open.</summary>
public sealed unsafe class TensorView
{
    private readonly byte* _data;

    internal TensorView(string name, ElementType type, long[] shape, byte* data)
    {
        (Name, Type, Shape) = (name, type, shape);
        _data = data;
        Count = shape.Aggregate(1L, (product, size) => product * size);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Type of its elements.</summary>
    public ElementType Type { get; }

    /// <summary>Its dimensions, outermost first.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Its elements as they lie in the file, row-major.</summary>
    internal byte* Data => _data;

    /// <summary>Copies elements, as float32, from element <paramref name="start"/> on until <paramref name="destination"/> is full.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has not that many elements.</exception>
    public void CopyTo(Span<float> destination, long start = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + destination.Length, Count);
        switch (Type)
        {
            case ElementType.F32:
                new ReadOnlySpan<float>((float*)_data + start, destination.Length).CopyTo(destination);
                break;
            case ElementType.F16:
                TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>((Half*)_data + start, destination.Length), destination);
                break;
            default:
                var source = (ushort*)_data + start;
                for (var i = 0; i < destination.Length; i++) destination[i] = BFloat16.ToSingle(source[i]);
                break;
        }
    }
}
