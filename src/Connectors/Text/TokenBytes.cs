using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Decant.Connectors.Text;

/// <summary>The bytes a token stands for, as tokenizer.json's decoder has it.</summary>
internal sealed class TokenBytes
{
    private const string Mark = "▁";
    private static readonly string[] _known = ["Sequence", "ByteLevel", "ByteFallback", "Fuse", "Replace", "Metaspace", "Strip", "WordPiece"];

    private bool _marksSpaces;
    private bool _byteFallback;
    private string? _continuation;

    public bool IsByteLevel { get; private set; }

    public bool StripsLeadingSpace { get; private set; }

    public static TokenBytes Read(JsonElement? decoder, bool isByteLevel)
    {
        var result = new TokenBytes { IsByteLevel = isByteLevel };
        if (decoder is { } json) result.Add(json);
        return result;
    }

    public byte[] Of(string token)
    {
        if (IsByteLevel) return ByteLevel.Decode(token);
        if (_byteFallback && token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value))
            return [value];
        if (_continuation is not null)
            token = token.StartsWith(_continuation, StringComparison.Ordinal) ? token[_continuation.Length..] : " " + token;
        return Encoding.UTF8.GetBytes(_marksSpaces ? token.Replace(Mark, " ", StringComparison.Ordinal) : token);
    }

    private void Add(JsonElement json)
    {
        switch (json.Text("type"))
        {
            case "Sequence":
                foreach (var part in json.GetProperty("decoders").EnumerateArray()) Add(part);
                break;
            case "ByteLevel":
                IsByteLevel = true;
                break;
            case "ByteFallback":
                _byteFallback = true;
                break;
            case "Replace":
                if (json.Section("pattern")?.Text("String") is not Mark || json.Text("content") != " ")
                    throw new NotSupportedException($"tokenizer.json: the decoder 'Replace' is supported from {Mark} to a space only, not {json.GetRawText()}.");
                _marksSpaces = true;
                break;
            case "Metaspace":
                _marksSpaces = true;
                StripsLeadingSpace = (json.Text("prepend_scheme") ?? (json.Flag("add_prefix_space", true) ? "always" : "never")) != "never";
                break;
            case "Strip":
                StripsLeadingSpace |= json.Text("content") == " " && json.TryGetProperty("start", out var start) && start.GetInt32() > 0;
                break;
            case "WordPiece":
                _continuation = json.Text("prefix") ?? "##";
                StripsLeadingSpace = true;
                break;
            case "Fuse":
                break;
            case var type:
                throw new NotSupportedException($"tokenizer.json: decoder '{type}' is not known. Known: {string.Join(", ", _known)}.");
        }
    }
}
