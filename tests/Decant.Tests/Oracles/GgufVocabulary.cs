using System.Text;
using Decant.Connectors.Text;

namespace Decant.Tests.Oracles;

/// <summary>Reads the SentencePiece vocabulary of a GGUF file, so that its test vectors can be used.</summary>
internal static class GgufVocabulary
{
    public static TextTokenizer ReadTokenizer(string path)
    {
        var metadata = ReadMetadata(path);
        var tokens = ((object[])metadata["tokenizer.ggml.tokens"]).Cast<string>().ToArray();
        var scores = ((object[])metadata["tokenizer.ggml.scores"]).Cast<float>().ToArray();
        var types = ((object[])metadata["tokenizer.ggml.token_type"]).Cast<int>().ToArray();

        var vocabulary = new Dictionary<string, int>();
        var table = new TokenTable { StripsLeadingSpace = true };
        var bytes = TokenBytes.Read(System.Text.Json.JsonDocument.Parse("""
            {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"}]}
            """).RootElement, isByteLevel: false);
        for (var id = 0; id < tokens.Length; id++)
        {
            vocabulary[tokens[id]] = id;
            if (types[id] == 3) table.AddSpecial(tokens[id], id);
            else table.Add(tokens[id], id, bytes.Of(tokens[id]));
        }

        // Any two tokens that make a third may merge; the third one's score is the rank.
        var ranks = tokens.Select((token, id) => id).OrderByDescending(id => scores[id]).Select((id, rank) => (id, rank)).ToDictionary(x => x.id, x => x.rank);
        var merges = from id in Enumerable.Range(0, tokens.Length)
                     where types[id] == 1
                     from cut in Enumerable.Range(1, Math.Max(0, tokens[id].Length - 1))
                     let left = tokens[id][..cut]
                     let right = tokens[id][cut..]
                     where vocabulary.ContainsKey(left) && vocabulary.ContainsKey(right)
                     select (left, right, ranks[id]);
        var model = new BpeModel(vocabulary, merges, unknown: 0, fuseUnknown: true, byteFallback: true, ignoreMerges: false);
        var normalizers = new Normalizers();
        normalizers.Add(System.Text.Json.JsonDocument.Parse("""
            {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}
            """).RootElement);
        return new PipelineTokenizer(table.Complete(), new AddedTokens([]), new AddedTokens([]), normalizers, new PreTokenizers(), model, TextTemplate.None);
    }

    private static Dictionary<string, object> ReadMetadata(string path)
    {
        using var reader = new BinaryReader(File.OpenRead(path));
        reader.ReadUInt32();
        reader.ReadUInt32();
        reader.ReadUInt64();
        var count = reader.ReadUInt64();
        var result = new Dictionary<string, object>();
        for (var i = 0ul; i < count; i++)
        {
            var key = ReadText(reader);
            result[key] = ReadValue(reader, reader.ReadUInt32());
        }

        return result;
    }

    private static object ReadValue(BinaryReader reader, uint type) => type switch
    {
        0 => reader.ReadByte(),
        1 => reader.ReadSByte(),
        2 => reader.ReadUInt16(),
        3 => reader.ReadInt16(),
        4 => reader.ReadUInt32(),
        5 => reader.ReadInt32(),
        6 => reader.ReadSingle(),
        7 => reader.ReadBoolean(),
        8 => ReadText(reader),
        9 => ReadArray(reader),
        10 => reader.ReadUInt64(),
        11 => reader.ReadInt64(),
        12 => reader.ReadDouble(),
        _ => throw new InvalidDataException($"GGUF value type {type}"),
    };

    private static object[] ReadArray(BinaryReader reader)
    {
        var type = reader.ReadUInt32();
        var values = new object[reader.ReadUInt64()];
        for (var i = 0; i < values.Length; i++) values[i] = ReadValue(reader, type);
        return values;
    }

    private static string ReadText(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadUInt64()));
}
