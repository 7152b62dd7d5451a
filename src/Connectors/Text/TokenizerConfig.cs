using System.Text;
using System.Text.Json;

namespace Decant.Connectors.Text;

/// <summary>Which tokens begin a text and end a turn, from the files beside the tokenizer.</summary>
internal static class TokenizerConfig
{
    // Names under which released models end a turn; used only where the vocabulary has them as control tokens.
    private static readonly string[] _turnEnds = ["<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<end_of_turn>", "<|end|>", "<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>"];

    public static void Complete(TokenTable table, string folder, TextTemplate template)
    {
        if (template.Before.Count > 0) table.BeginOfText = template.Before[0];
        Read(folder, "tokenizer_config.json", json =>
        {
            foreach (var entry in json.Section("added_tokens_decoder")?.EnumerateObject() ?? [])
            {
                if (!int.TryParse(entry.Name, out var id) || entry.Value.Text("content") is not { } content) continue;
                if (entry.Value.Flag("special", false)) table.AddSpecial(content, id);
            }

            if (TokenText(json, "bos_token") is { } begin && table.Ids.TryGetValue(begin, out var beginId)) table.BeginOfText ??= beginId;
            if (TokenText(json, "eos_token") is { } end && table.Ids.TryGetValue(end, out var endId)) table.EndOfTurn.Add(endId);
        });
        foreach (var file in (string[])["generation_config.json", "config.json"])
        {
            Read(folder, file, json =>
            {
                if (json.Section("eos_token_id") is { } ends) AddEnds(table, ends);
                if (table.BeginOfText is null && json.Section("bos_token_id") is { ValueKind: JsonValueKind.Number } begin) table.BeginOfText = begin.GetInt32();
            });
        }

        foreach (var name in _turnEnds)
        {
            if (table.Ids.TryGetValue(name, out var id) && table.Special.Contains(id)) table.EndOfTurn.Add(id);
        }
    }

    private static void AddEnds(TokenTable table, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Number) table.EndOfTurn.Add(json.GetInt32());
        else if (json.ValueKind == JsonValueKind.Array) table.EndOfTurn.UnionWith(json.EnumerateArray().Select(id => id.GetInt32()));
    }

    private static string? TokenText(JsonElement json, string name) =>
        json.Section(name) is not { } token ? null : token.ValueKind == JsonValueKind.String ? token.GetString() : token.Text("content");

    private static void Read(string folder, string name, Action<JsonElement> use)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) return;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            use(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path} is not valid ({exception.Message}). Fetch it again.", exception);
        }
    }
}
