using System.Buffers.Binary;
using Decant.Connectors.Torch.Memory;
using TorchSharp;
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
        foreach (var part in Parts(model)) destination.Write(Copy(model, part, slots));
    }

    public static void Read(Stream source, TorchModel model, TorchSequence sequence)
    {
        var header = new byte[HeaderBytes];
        if (source.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
            throw new InvalidDataException("The stream ends before the header of an exported sequence.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(HeaderBytes - 4));
        if (length < 0 || length > model.Info.ContextLength || !header.AsSpan().SequenceEqual(Header(model, length)))
            throw new InvalidDataException("The stream does not hold an exported sequence of this model. Import what ISequence.Export of the same model wrote.");

        sequence.Replace(length, () =>
        {
            var slots = Slots(sequence);
            var bytes = new byte[(long)length * model.Config.KeyValueHeadCount * model.Config.HeadSize * model.DType.ElementSize()];
            foreach (var part in Parts(model))
            {
                source.ReadExactly(bytes);
                Place(model, part, slots, bytes);
            }
        });
    }

    private static IEnumerable<(int Layer, bool Values)> Parts(TorchModel model) =>
        Enumerable.Range(0, model.Info.LayerCount).SelectMany(layer => new[] { (layer, false), (layer, true) });

    private static Tensor Rows(TorchModel model, (int Layer, bool Values) part) => part.Values ? model.Cache.Layer(part.Layer).Values : model.Cache.Layer(part.Layer).Keys;

    // Streams are the caller's and may be slow or wait for the model: nothing of the cache is held while they are read or written.
    private static byte[] Copy(TorchModel model, (int Layer, bool Values) part, long[] slots)
    {
        byte[] bytes = [];
        model.Cache.Use(() =>
        {
            var rows = Rows(model, part);
            bytes = rows.index_select(0, tensor(slots, device: rows.device)).cpu().bytes.ToArray();
        });
        return bytes;
    }

    private static void Place(TorchModel model, (int Layer, bool Values) part, long[] slots, byte[] bytes) => model.Cache.Use(() =>
    {
        var rows = Rows(model, part);
        var copy = empty([slots.Length, rows.shape[1], rows.shape[2]], rows.dtype);
        bytes.CopyTo(copy.bytes);
        rows.index_copy_(0, tensor(slots, device: rows.device), copy.to(rows.device));
    });

    private static long[] Slots(TorchSequence sequence) => [.. Enumerable.Range(0, sequence.Length).Select(sequence.Slot)];

    private static byte[] Header(TorchModel model, int length)
    {
        var header = new byte[HeaderBytes];
        int[] values = [Magic, model.Config.LayerCount, model.Config.KeyValueHeadCount, model.Config.HeadSize, (int)model.DType, length];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4 * i), values[i]);
        return header;
    }
}
