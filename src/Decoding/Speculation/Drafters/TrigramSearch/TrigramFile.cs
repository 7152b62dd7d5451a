using System.Security.Cryptography;

namespace Decant.Decoding;

/// <summary>
/// A <see cref="TrigramTable"/> as bytes, little-endian: mark, version, vocabulary's size and checksum, most pairs, number of pairs; for each pair both tokens, the number of successors, and
/// each successor's token and weight; at the end a SHA-256 of all before it.
/// </summary>
internal static class TrigramFile
{
    private const ulong Mark = 0x4D_4749_5254_4344; // "DCTRIGM"
    private const int Version = 1;
    private const int LeastPairs = 4;

    public static void Write(TrigramTable table, Stream destination)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            var rows = table.Snapshot();
            writer.Write(Mark);
            writer.Write(Version);
            writer.Write(table.Vocabulary.Count);
            writer.Write(table.Vocabulary.Checksum);
            writer.Write(table.MaxPairs);
            writer.Write(rows.Count);
            foreach (var (pair, row) in rows)
            {
                writer.Write(pair.First);
                writer.Write(pair.Second);
                writer.Write(row.Length);
                foreach (var (token, weight) in row)
                {
                    writer.Write(token);
                    writer.Write(weight);
                }
            }
        }

        var body = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        destination.Write(body);
        destination.Write(SHA256.HashData(body));
    }

    public static TrigramTable Read(Stream source, string name)
    {
        using var memory = new MemoryStream();
        source.CopyTo(memory);
        var bytes = memory.GetBuffer().AsSpan(0, (int)memory.Length);
        if (bytes.Length < 12 || BitConverter.ToUInt64(bytes) != Mark) throw new InvalidDataException($"{name} is not a table of trigrams. Write one with TrigramTable.Save.");
        var version = BitConverter.ToInt32(bytes[8..]);
        if (version != Version) throw new InvalidDataException($"{name} is a table of trigrams of version {version}; this library reads version {Version}. Build it anew.");
        var body = bytes[..Math.Max(0, bytes.Length - SHA256.HashSizeInBytes)];
        if (!SHA256.HashData(body).AsSpan().SequenceEqual(bytes[body.Length..])) throw new InvalidDataException($"{name} is damaged: its checksum does not match. Use another copy, or build it anew.");
        try
        {
            return ReadBody(new BinaryReader(new MemoryStream(body[12..].ToArray())));
        }
        catch (Exception exception) when (exception is EndOfStreamException or ArgumentException)
        {
            throw new InvalidDataException($"{name} is damaged: {exception.Message} Use another copy, or build it anew.", exception);
        }
    }

    private static TrigramTable ReadBody(BinaryReader reader)
    {
        var vocabulary = new VocabularyId(reader.ReadInt32(), reader.ReadUInt64());
        var (most, count) = (reader.ReadInt32(), reader.ReadInt32());
        if (most < LeastPairs || count > most) throw new ArgumentException($"It has {count} pairs where {most} are the most.");
        var table = new TrigramTable(vocabulary, most);
        for (var i = 0; i < count; i++)
        {
            var pair = (Token(), Token());
            var row = new List<(int, double)>();
            for (var left = reader.ReadInt32(); left > 0; left--) row.Add((Token(), Weight()));
            table.Put(pair, [.. row]);
        }

        return table;

        int Token() => reader.ReadInt32() is var token && (uint)token < (uint)vocabulary.Count ? token : throw new ArgumentException($"It has the token {token} of a vocabulary of {vocabulary.Count}.");

        double Weight() => reader.ReadDouble() is var weight && weight > 0 && double.IsFinite(weight) ? weight : throw new ArgumentException($"It has the weight {weight}.");
    }
}
