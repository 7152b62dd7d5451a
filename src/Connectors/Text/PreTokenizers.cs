using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Decant.Connectors.Text;

/// <summary>Cuts a normalised text into words, one step after the other, as tokenizer.json lists them.</summary>
internal sealed class PreTokenizers
{
    private static readonly string[] _known =
        ["Sequence", "ByteLevel", "Split", "Digits", "Punctuation", "Whitespace", "WhitespaceSplit", "Metaspace", "BertPreTokenizer"];

    private readonly List<Func<string, bool, IEnumerable<string>>> _steps = [];

    /// <summary>Whether words end up in the byte alphabet.</summary>
    public bool IsByteLevel { get; private set; }

    /// <summary>The words of one stretch of text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isFirst">Whether nothing stands before it (some steps add a space only there).</param>
    public IEnumerable<string> Split(string text, bool isFirst)
    {
        IEnumerable<string> words = [text];
        var first = isFirst;
        foreach (var step in _steps)
        {
            var before = words;
            words = before.SelectMany((word, i) => step(word, first && i == 0)).Where(word => word.Length > 0);
        }

        return words;
    }

    public void AddByteLevel(bool addPrefixSpace, bool useRegex)
    {
        IsByteLevel = true;
        var regex = useRegex ? new RegexText(ByteLevel.Pattern) : null;
        _steps.Add((text, _) =>
        {
            if (addPrefixSpace && !text.StartsWith(' ')) text = " " + text;
            return (regex is null ? [text] : Cut(text, regex.Matches(text), SplitBehavior.Isolated)).Select(ByteLevel.Encode);
        });
    }

    public void Add(JsonElement json)
    {
        var type = json.GetProperty("type").GetString();
        switch (type)
        {
            case "Sequence":
                foreach (var part in json.GetProperty("pretokenizers").EnumerateArray()) Add(part);
                break;
            case "ByteLevel":
                AddByteLevel(json.Flag("add_prefix_space", true), json.Flag("use_regex", true));
                break;
            case "Split":
                AddSplit(json);
                break;
            case "Digits":
                AddMatching(char.IsNumber, json.Flag("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous);
                break;
            case "Punctuation":
                AddMatching(IsPunctuation, Behavior(json.Text("behavior") ?? "Isolated"));
                break;
            case "Whitespace":
                AddPattern(new RegexText(@"\w+|[^\w\s]+"), SplitBehavior.Removed, invert: true);
                break;
            case "WhitespaceSplit":
                AddMatching(char.IsWhiteSpace, SplitBehavior.Removed);
                break;
            case "BertPreTokenizer":
                AddMatching(char.IsWhiteSpace, SplitBehavior.Removed);
                AddMatching(IsPunctuation, SplitBehavior.Isolated);
                break;
            case "Metaspace":
                AddMetaspace(json);
                break;
            default:
                throw new NotSupportedException($"tokenizer.json: pre-tokenizer '{type}' is not known. Known: {string.Join(", ", _known)}.");
        }
    }

    private static SplitBehavior Behavior(string name) =>
        Enum.TryParse<SplitBehavior>(name, out var behavior) ? behavior
        : throw new NotSupportedException($"tokenizer.json: split behavior '{name}' is not known. Known: {string.Join(", ", Enum.GetNames<SplitBehavior>())}.");

    private static bool IsPunctuation(char c) => char.IsAscii(c) ? char.IsPunctuation(c) || char.IsSymbol(c) : char.IsPunctuation(c);

    private void AddSplit(JsonElement json)
    {
        var pattern = json.GetProperty("pattern");
        var regex = pattern.Text("Regex") ?? Regex.Escape(pattern.Text("String") ?? throw new NotSupportedException("tokenizer.json: a Split pattern is a Regex or a String."));
        AddPattern(new RegexText(regex), Behavior(json.Text("behavior") ?? "Isolated"), json.Flag("invert", false));
    }

    private void AddPattern(RegexText regex, SplitBehavior behavior, bool invert) => _steps.Add((text, _) =>
    {
        var matches = regex.Matches(text);
        return Cut(text, invert ? Gaps(text, matches) : matches, behavior);
    });

    private void AddMatching(Func<char, bool> isDelimiter, SplitBehavior behavior) => _steps.Add((text, _) =>
    {
        var matches = new List<(int, int)>();
        for (var i = 0; i < text.Length; i++)
        {
            if (isDelimiter(text[i])) matches.Add((i, 1));
        }

        return Cut(text, matches, behavior);
    });

    private void AddMetaspace(JsonElement json)
    {
        var mark = json.Text("replacement") ?? "▁";
        var scheme = json.Text("prepend_scheme") ?? (json.Flag("add_prefix_space", true) ? "always" : "never");
        var split = json.Flag("split", true);
        _steps.Add((text, first) =>
        {
            text = text.Replace(" ", mark);
            if ((scheme == "always" || (scheme == "first" && first)) && !text.StartsWith(mark, StringComparison.Ordinal)) text = mark + text;
            if (!split) return [text];
            var marks = new List<(int, int)>();
            for (var i = text.IndexOf(mark, StringComparison.Ordinal); i >= 0; i = text.IndexOf(mark, i + 1, StringComparison.Ordinal)) marks.Add((i, mark.Length));
            return Cut(text, marks, SplitBehavior.MergedWithNext);
        });
    }

    private static List<(int Start, int Length)> Gaps(string text, List<(int Start, int Length)> matches)
    {
        var gaps = new List<(int, int)>();
        var start = 0;
        foreach (var (at, length) in matches)
        {
            if (at > start) gaps.Add((start, at - start));
            start = at + length;
        }

        if (start < text.Length) gaps.Add((start, text.Length - start));
        return gaps;
    }

    private static IEnumerable<string> Cut(string text, List<(int Start, int Length)> delimiters, SplitBehavior behavior)
    {
        var parts = new List<(int Start, int End, bool IsDelimiter)>();
        var at = 0;
        foreach (var (start, length) in delimiters)
        {
            if (start > at) parts.Add((at, start, false));
            parts.Add((start, start + length, true));
            at = start + length;
        }

        if (at < text.Length) parts.Add((at, text.Length, false));
        var merged = new List<(int Start, int End, bool IsDelimiter)>();
        foreach (var part in parts)
        {
            var last = merged.Count > 0 ? merged[^1] : default;
            var joins = merged.Count > 0 && behavior switch
            {
                SplitBehavior.Contiguous => part.IsDelimiter == last.IsDelimiter,
                SplitBehavior.MergedWithPrevious => part.IsDelimiter && !last.IsDelimiter,
                SplitBehavior.MergedWithNext => last.IsDelimiter && !part.IsDelimiter,
                _ => false,
            };
            if (joins) merged[^1] = (last.Start, part.End, behavior == SplitBehavior.MergedWithNext ? false : part.IsDelimiter);
            else if (behavior != SplitBehavior.Removed || !part.IsDelimiter) merged.Add(part);
        }

        return merged.Select(part => text[part.Start..part.End]);
    }
}
