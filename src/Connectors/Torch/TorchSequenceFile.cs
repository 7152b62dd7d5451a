using System.Buffers.Binary;
using Decant.Connectors.Torch.Memory;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch;

/// <summary>Cached rows as bytes: a header that identifies the model's shape, then each layer's keys and values.</summary>
internal static class TorchSequenceFile
{
    private const int Magic = 0x31565444; // "DTV1"
    private const int HeaderBytes = 24;

    public static void Write(Stream destination, TorchModel model, TorchSequence sequence)
    {
        destination.Write(Header(model, sequence.Length));
        if (sequence.Length == 0) return;
        var slots = Slots(sequence);
        model.Cache.Use(() => ForEach(model, rows =>
        {
            var copy = rows.index_select(0, tensor(slots, device: rows.device)).cpu();
            destination.Write(copy.bytes);
        }));
    }

    public static void Read(Stream source, TorchModel model, TorchSequence sequence)
    {
        var header = new byte[HeaderBytes];
        if (source.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            throw new InvalidDataException("The stream ends before the header of an exported sequence.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(HeaderBytes - 4));
        if (length < 0 || length > model.Info.ContextLength || !header.AsSpan().SequenceEqual(Header(model, length)))
            throw new InvalidDataException("The stream does not hold an exported sequence of this model. Import what ISequence.Export of the same model wrote.");

        sequence.Truncate(0);
        if (length == 0) return;
        sequence.Grow(length, []);
        var slots = Slots(sequence);
        try
        {
            model.Cache.Use(() => ForEach(model, rows =>
            {
                var copy = empty([length, rows.shape[1], rows.shape[2]], rows.dtype);
                source.ReadExactly(copy.bytes);
                rows.index_copy_(0, tensor(slots, device: rows.device), copy.to(rows.device));
            }));
        }
        catch (EndOfStreamException exception)
        {
            sequence.Truncate(0);
            throw new InvalidDataException("The stream ends in the middle of an exported sequence; export it again.", exception);
        }
    }

    private static void ForEach(TorchModel model, Action<Tensor> action)
    {
        for (var layer = 0; layer < model.Info.LayerCount; layer++)
        {
            var (keys, values) = model.Cache.Layer(layer);
            foreach (var rows in (Tensor[])[keys, values])
            {
                using var scope = NewDisposeScope();
                action(rows);
            }
        }
    }

    private static long[] Slots(TorchSequence sequence) => [.. Enumerable.Range(0, sequence.Length).Select(sequence.Slot)];

    private static byte[] Header(TorchModel model, int length)
    {
        var header = new byte[HeaderBytes];
        int[] values = [Magic, model.Config.LayerCount, model.Config.KeyValueHeadCount, model.Config.HeadSize, (int)model.DType, length];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4 * i), values[i]);
        return header;
    }
}
