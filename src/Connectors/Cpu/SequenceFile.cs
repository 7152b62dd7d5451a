using System.Buffers.Binary;
using Decant.Connectors.Cpu.Memory;

namespace Decant.Connectors.Cpu;

/// <summary>Cached rows as bytes: a header that identifies the model's shape, then the pages.</summary>
internal static unsafe class SequenceFile
{
    private const int Magic = 0x31564B44; // "DKV1"

    public static void Write(Stream destination, CpuModel model, CpuSequence sequence)
    {
        var layout = model.Pages.Layout;
        Span<byte> header = stackalloc byte[20];
        WriteHeader(header, layout, sequence.Length);
        destination.Write(header);
        for (var page = 0; page * KvLayout.PageTokens < sequence.Length; page++)
        {
            for (var part = 0L; part < layout.PageFloats; part += PartFloats(layout))
                destination.Write(new ReadOnlySpan<byte>(sequence.Page(page) + part, (int)PartFloats(layout) * sizeof(float)));
        }
    }

    public static void Read(Stream source, CpuModel model, CpuSequence sequence)
    {
        var layout = model.Pages.Layout;
        Span<byte> header = stackalloc byte[20];
        Span<byte> expected = stackalloc byte[20];
        if (source.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
            throw new InvalidDataException("The stream ends before the header of an exported sequence.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
        WriteHeader(expected, layout, length);
        if (!header.SequenceEqual(expected) || length < 0 || length > model.Info.ContextLength)
            throw new InvalidDataException("The stream does not hold an exported sequence of this model. Import what ISequence.Export of the same model wrote.");

        sequence.Replace(length, () =>
        {
            for (var page = 0; page * KvLayout.PageTokens < length; page++)
            {
                for (var part = 0L; part < layout.PageFloats; part += PartFloats(layout))
                    source.ReadExactly(new Span<byte>(sequence.Page(page) + part, (int)PartFloats(layout) * sizeof(float)));
            }
        });
    }

    // A layer's floats: small enough for one span, and a page is a whole number of them.
    private static long PartFloats(KvLayout layout) => layout.PageFloats / layout.Layers;

    private static void WriteHeader(Span<byte> header, KvLayout layout, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], layout.Layers);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], layout.Heads);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], layout.HeadSize);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], length);
    }
}
