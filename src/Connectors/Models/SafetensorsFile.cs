using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace Decant.Connectors.Models;

/// <summary>One mapped safetensors file. Trusts nothing it reads: every offset is checked against the file's length before it is used.</summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    // The format's own limit on its header.
    private const long LargestHeader = 100_000_000;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, TensorView> _tensors = [];
    private readonly string _path;
    private readonly long _length;
    private byte* _start;

    public SafetensorsFile(string path)
    {
        _path = path;
        _length = new FileInfo(path).Length;
        if (_length < 10) throw Broken($"it has only {_length} bytes");
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        try
        {
            ReadHeader();
        }
        catch (InvalidOperationException exception)
        {
            // A name that is not UTF-8.
            Dispose();
            throw Broken(exception.Message);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public IReadOnlyDictionary<string, TensorView> Tensors => _tensors;

    public void Dispose()
    {
        if (_start is not null) _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _start = null;
        _view.Dispose();
        _file.Dispose();
    }

    private void ReadHeader()
    {
        var header = *(ulong*)_start;
        if (header > LargestHeader || (long)header > _length - 8) throw Broken($"its header of {header} bytes does not fit in the file's {_length}");
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(new ReadOnlySpan<byte>(_start + 8, (int)header).ToArray());
        }
        catch (JsonException exception)
        {
            throw Broken($"its header is not JSON ({exception.Message})");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Broken("its header is not a JSON object");
            var ranges = new List<(long Begin, long End)>();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name != "__metadata__") Add(member.Name, member.Value, 8 + (long)header, ranges);
            }

            ranges.Sort();
            for (var i = 1; i < ranges.Count; i++)
            {
                if (ranges[i].Begin < ranges[i - 1].End) throw Broken("two of its tensors overlap");
            }
        }
    }

    private void Add(string name, JsonElement entry, long dataStart, List<(long Begin, long End)> ranges)
    {
        if (entry.ValueKind != JsonValueKind.Object
            || !entry.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String
            || !entry.TryGetProperty("shape", out var shapes) || shapes.ValueKind != JsonValueKind.Array
            || !entry.TryGetProperty("data_offsets", out var offsets) || offsets.ValueKind != JsonValueKind.Array || offsets.GetArrayLength() != 2
            || !offsets[0].TryGetLong(out var begin) || !offsets[1].TryGetLong(out var end))
            throw Broken($"the entry of tensor {name} is not dtype, shape and data_offsets");
        if (begin < 0 || end < begin || end > _length - dataStart)
            throw Broken($"tensor {name} (bytes {begin} to {end}) reaches beyond the file's end");
        ranges.Add((begin, end));
        if (!Enum.TryParse<ElementType>(dtype.GetString(), out var type)) return; // Integer buffers and the like: nothing here reads them.

        var shape = new long[shapes.GetArrayLength()];
        Int128 bytes = type == ElementType.F32 ? 4 : 2;
        for (var i = 0; i < shape.Length; i++)
        {
            if (!shapes[i].TryGetLong(out shape[i]) || shape[i] < 0) throw Broken($"the shape of tensor {name} is not a list of sizes");
            bytes *= shape[i];
            if (bytes > _length) break;
        }

        if (bytes != end - begin) throw Broken($"tensor {name} has {end - begin} bytes, which its shape and dtype do not make");
        if (!_tensors.TryAdd(name, new TensorView(name, type, shape, _start + dataStart + begin))) throw Broken($"tensor {name} occurs twice");
    }

    private InvalidDataException Broken(string why) =>
        new($"{_path} is not a whole safetensors file: {why}. The download is probably incomplete: fetch the file again.");
}

/// <summary>Reads numbers out of JSON without throwing.</summary>
file static class JsonNumbers
{
    public static bool TryGetLong(this JsonElement element, out long value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out value);
    }
}
