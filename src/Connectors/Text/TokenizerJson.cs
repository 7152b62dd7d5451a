using System.Text;
using System.Text.Json;

namespace Decant.Connectors.Text;

/// <summary>Reads tokenizer.json, and vocab.json with merges.txt.</summary>
internal static class TokenizerJson
{
    public static TextTokenizer Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var normalizers = new Normalizers();
        if (root.Section("normalizer") is { } normalizer) normalizers.Add(normalizer);
        var preTokenizers = new PreTokenizers();
        if (root.Section("pre_tokenizer") is { } preTokenizer) preTokenizers.Add(preTokenizer);

        var table = new TokenTable();
        var bytesOf = TokenBytes.Read(root.Section("decoder"), preTokenizers.IsByteLevel);
        table.StripsLeadingSpace = bytesOf.StripsLeadingSpace;
        var model = ReadModel(root.GetProperty("model"), table, bytesOf);
        var added = ReadAddedTokens(root, table, bytesOf);
        var template = TextTemplate.Read(root.Section("post_processor"));
        TokenizerConfig.Complete(table, Path.GetDirectoryName(Path.GetFullPath(path))!, template);
        return new PipelineTokenizer(
            table.Complete(), new AddedTokens(added.Where(token => !token.Normalized)), new AddedTokens(added.Where(token => token.Normalized)),
            normalizers, preTokenizers, model, template);
    }

    /// <summary>GPT-2's own two files: byte-level pairs, cut by GPT-2's pattern.</summary>
    public static TextTokenizer ReadVocabularyAndMerges(string path)
    {
        var mergesPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "merges.txt");
        if (!File.Exists(mergesPath)) throw new FileNotFoundException($"{path} needs a merges.txt beside it. Fetch the model's merges.txt.", mergesPath);
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var table = new TokenTable();
        var vocabulary = ReadVocabulary(document.RootElement, table, ByteLevel.Decode);
        var merges = File.ReadLines(mergesPath).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal)).Select(SplitMerge);
        var model = new BpeModel(vocabulary, Ranked(merges), unknown: null, fuseUnknown: false, byteFallback: false, ignoreMerges: false);
        var preTokenizers = new PreTokenizers();
        preTokenizers.AddByteLevel(addPrefixSpace: false, useRegex: true);
        if (vocabulary.TryGetValue("<|endoftext|>", out var end)) table.AddSpecial("<|endoftext|>", end);
        var special = table.Special.Select(id => new AddedToken(Encoding.UTF8.GetString(table.Bytes[id]), id, true, false, false, false, false)).ToList();
        TokenizerConfig.Complete(table, Path.GetDirectoryName(Path.GetFullPath(path))!, TextTemplate.None);
        return new PipelineTokenizer(table.Complete(), new AddedTokens(special), new AddedTokens([]), new Normalizers(), preTokenizers, model, TextTemplate.None);
    }

    private static ITokenModel ReadModel(JsonElement json, TokenTable table, TokenBytes bytesOf)
    {
        // Older files leave the type out: pairs have merges, unigram pieces come as a list.
        var type = json.Text("type") ?? (json.TryGetProperty("merges", out _) ? "BPE" : json.GetProperty("vocab").ValueKind == JsonValueKind.Array ? "Unigram" : "WordPiece");
        switch (type)
        {
            case "BPE":
                if (json.Text("continuing_subword_prefix") is { Length: > 0 } || json.Text("end_of_word_suffix") is { Length: > 0 })
                    throw new NotSupportedException("tokenizer.json: continuing_subword_prefix and end_of_word_suffix are not supported for BPE.");
                var vocabulary = ReadVocabulary(json.GetProperty("vocab"), table, bytesOf.Of);
                var merges = json.GetProperty("merges").EnumerateArray().Select(ReadMerge);
                int? unknown = json.Text("unk_token") is { } token && vocabulary.TryGetValue(token, out var id) ? id : null;
                return new BpeModel(vocabulary, Ranked(merges), unknown, json.Flag("fuse_unk", false), json.Flag("byte_fallback", false), json.Flag("ignore_merges", false));
            case "Unigram":
                var pieces = json.GetProperty("vocab").EnumerateArray().Select(piece => (piece[0].GetString()!, piece[1].GetDouble())).ToList();
                for (var i = 0; i < pieces.Count; i++) table.Add(pieces[i].Item1, i, bytesOf.Of(pieces[i].Item1));
                return new UnigramModel(pieces, json.GetProperty("unk_id").GetInt32(), json.Flag("byte_fallback", false));
            case "WordPiece":
                var words = ReadVocabulary(json.GetProperty("vocab"), table, bytesOf.Of);
                var limit = json.TryGetProperty("max_input_chars_per_word", out var longest) ? longest.GetInt32() : 100;
                return new WordPieceModel(words, words[json.Text("unk_token") ?? "[UNK]"], json.Text("continuing_subword_prefix") ?? "##", limit);
            default:
                throw new NotSupportedException($"tokenizer.json: model '{type}' is not known. Known: BPE, Unigram, WordPiece.");
        }
    }

    private static Dictionary<string, int> ReadVocabulary(JsonElement json, TokenTable table, Func<string, byte[]> bytes)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in json.EnumerateObject())
        {
            var id = entry.Value.GetInt32();
            vocabulary[entry.Name] = id;
            table.Add(entry.Name, id, bytes(entry.Name));
        }

        return vocabulary;
    }

    private static IEnumerable<(string, string, int)> Ranked(IEnumerable<(string Left, string Right)> merges) =>
        merges.Select((merge, rank) => (merge.Left, merge.Right, rank));

    private static (string, string) ReadMerge(JsonElement json) => json.ValueKind == JsonValueKind.Array
        ? (json[0].GetString()!, json[1].GetString()!)
        : SplitMerge(json.GetString()!);

    private static (string, string) SplitMerge(string merge)
    {
        var space = merge.IndexOf(' ');
        return space > 0 ? (merge[..space], merge[(space + 1)..]) : throw new FormatException($"'{merge}' is not a merge of two tokens");
    }

    private static List<AddedToken> ReadAddedTokens(JsonElement root, TokenTable table, TokenBytes bytesOf)
    {
        var result = new List<AddedToken>();
        if (root.Section("added_tokens") is not { } added) return result;
        foreach (var json in added.EnumerateArray())
        {
            var token = new AddedToken(
                json.GetProperty("content").GetString()!, json.GetProperty("id").GetInt32(), json.Flag("special", false), json.Flag("normalized", false),
                json.Flag("single_word", false), json.Flag("lstrip", false), json.Flag("rstrip", false));
            // Normalised tokens are written as the normaliser leaves them, so their bytes are those of running text.
            if (token.Special) table.AddSpecial(token.Content, token.Id);
            else table.Add(token.Content, token.Id, token.Normalized && !bytesOf.IsByteLevel ? bytesOf.Of(token.Content) : Encoding.UTF8.GetBytes(token.Content));
            result.Add(token);
        }

        return result;
    }
}
