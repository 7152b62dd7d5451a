using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Decant.Connectors.Text;

/// <summary>Rewrites text before it is cut into words, one step after the other, as tokenizer.json lists them.</summary>
internal sealed class Normalizers
{
    private static readonly string[] _known =
        ["Sequence", "Prepend", "Append", "Replace", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Strip", "StripAccents", "BertNormalizer", "Precompiled", "Nmt", "ByteLevel"];

    private readonly List<Func<string, string>> _steps = [];

    public string Apply(string text)
    {
        foreach (var step in _steps) text = step(text);
        return text;
    }

    public void Add(JsonElement json)
    {
        var type = json.GetProperty("type").GetString();
        switch (type)
        {
            case "Sequence":
                foreach (var part in json.GetProperty("normalizers").EnumerateArray()) Add(part);
                break;
            case "Prepend":
                var prefix = json.Text("prepend") ?? "";
                _steps.Add(text => text.Length == 0 ? text : prefix + text);
                break;
            case "Append":
                var suffix = json.Text("append") ?? "";
                _steps.Add(text => text + suffix);
                break;
            case "Replace":
                AddReplace(json);
                break;
            case "NFC": AddForm(NormalizationForm.FormC); break;
            case "NFD": AddForm(NormalizationForm.FormD); break;
            case "NFKC": AddForm(NormalizationForm.FormKC); break;
            case "NFKD": AddForm(NormalizationForm.FormKD); break;
            case "Lowercase":
                _steps.Add(text => text.ToLowerInvariant());
                break;
            case "Strip":
                bool left = json.Flag("strip_left", true), right = json.Flag("strip_right", true);
                _steps.Add(text => left ? right ? text.Trim() : text.TrimStart() : right ? text.TrimEnd() : text);
                break;
            case "StripAccents":
                _steps.Add(WithoutAccents);
                break;
            case "BertNormalizer":
                AddBert(json);
                break;
            case "Precompiled":
                var map = new PrecompiledMap(Convert.FromBase64String(json.Text("precompiled_charsmap") ?? ""));
                _steps.Add(map.Apply);
                break;
            case "Nmt":
                _steps.Add(text => string.Concat(text.Where(c => !IsControl(c)).Select(c => char.IsWhiteSpace(c) || c is '\u200B' or '\uFEFF' or '\u200E' or '\u200F' ? ' ' : c)));
                break;
            case "ByteLevel":
                _steps.Add(ByteLevel.Encode);
                break;
            default:
                throw new NotSupportedException($"tokenizer.json: normalizer '{type}' is not known. Known: {string.Join(", ", _known)}.");
        }
    }

    private void AddForm(NormalizationForm form) => _steps.Add(text => text.Normalize(form));

    private void AddReplace(JsonElement json)
    {
        var pattern = json.GetProperty("pattern");
        var content = json.Text("content") ?? "";
        if (pattern.Text("String") is { } literal)
        {
            _steps.Add(text => text.Replace(literal, content, StringComparison.Ordinal));
            return;
        }

        var regex = new Regex(pattern.Text("Regex")!, RegexOptions.CultureInvariant);
        _steps.Add(text => regex.Replace(text, _ => content));
    }

    private void AddBert(JsonElement json)
    {
        var lowercase = json.Flag("lowercase", true);
        if (json.Flag("clean_text", true))
            _steps.Add(text => string.Concat(text.Where(c => c is not ('\0' or '\uFFFD') && !IsControl(c)).Select(c => char.IsWhiteSpace(c) ? ' ' : c)));
        if (json.Flag("handle_chinese_chars", true)) _steps.Add(text => Regex.Replace(text, @"[\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF]|[\uD840-\uD87F][\uDC00-\uDFFF]", " $0 "));
        if (json.Flag("strip_accents", lowercase)) _steps.Add(text => WithoutAccents(text.Normalize(NormalizationForm.FormD)));
        if (lowercase) _steps.Add(text => text.ToLowerInvariant());
    }

    private static string WithoutAccents(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark));

    private static bool IsControl(char c) => c is not ('\t' or '\n' or '\r') && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format;
}
