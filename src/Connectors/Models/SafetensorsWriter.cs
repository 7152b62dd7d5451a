using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Decant.Connectors.Models;

/// <summary>Writes safetensors files.</summary>
public static class SafetensorsWriter
{
    /// <summary>Writes tensors to one file. A tensor's values are asked for when its turn comes, so that only one is in memory.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="tensors">Name, shape and values (row-major) of each.</param>
    /// <param name="type">Element type in the file; values are rounded to it.</param>
    public static void Write(string path, IReadOnlyList<(string Name, long[] Shape, Func<float[]> Values)> tensors, ElementType type = ElementType.F32)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var size = type == ElementType.F32 ? 4 : 2;
        var header = new SortedDictionary<string, object>(StringComparer.Ordinal);
        var offset = 0L;
        foreach (var (name, shape, _) in tensors)
        {
            var end = offset + shape.Aggregate(1L, (product, dimension) => product * dimension) * size;
            header[name] = new { dtype = type.ToString(), shape, data_offsets = (long[])[offset, end] };
            offset = end;
        }

        using var file = File.Create(path);
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        file.Write(length);
        file.Write(json);
        foreach (var (_, _, values) in tensors) file.Write(Encode(values(), type));
    }

    private static ReadOnlySpan<byte> Encode(float[] values, ElementType type) => type switch
    {
        ElementType.F32 => MemoryMarshal.AsBytes<float>(values),
        ElementType.F16 => MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, value => (Half)value)),
        _ => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(values, BFloat16.Round)),
    };
}
