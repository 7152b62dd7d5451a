using System.Text;

namespace Decant.Tests;

/// <summary>A vocabulary of a few texts; those written &lt;like this&gt; are special, and &lt;/s&gt; ends a turn.</summary>
internal sealed class TestVocabulary(params string[] texts) : ITokenVocabulary
{
    private readonly byte[][] _bytes = [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>40 tokens: control tokens, marks, letters, and pieces that contain one another.</summary>
    public static TestVocabulary Standard { get; } = new(
        ["<s>", "</s>", "\n", ":", " ", .. "abcdefghijklmnopqrst".Select(letter => letter.ToString()), " a", " b", "ab", "bc", "abc", "ba", "cab", " ab", "aa", "cc", "dd", " the", "the", "he", "\n\n"]);

    public int Count => texts.Length;

    public IReadOnlyList<int> EndOfTurn => Find("</s>") is { } end ? [end] : [];

    /// <summary>What strategies may ask for when they are compiled over this vocabulary.</summary>
    public PlanContext Context => new()
    {
        Vocabulary = this,
        Encode = Encode,
        Model = new ModelInfo("test", Count, 1, 1, 1, 1024, ModelCapabilities.Fork),
    };

    public ReadOnlySpan<byte> Bytes(int id) => _bytes[id];

    public bool IsSpecial(int id) => texts[id] is ['<', .., '>'];

    public int? Find(string text) => Array.IndexOf(texts, text) is var id and >= 0 ? id : null;

    /// <summary>The longest token that fits, again and again.</summary>
    public int[] Encode(string text)
    {
        var ids = new List<int>();
        while (text.Length > 0)
        {
            var id = Enumerable.Range(0, Count).Where(id => !IsSpecial(id) && text.StartsWith(texts[id], StringComparison.Ordinal)).MaxBy(id => texts[id].Length);
            ids.Add(id);
            text = text[texts[id].Length..];
        }

        return [.. ids];
    }

    /// <summary>One token for each text.</summary>
    public int[] Ids(params string[] tokens) => [.. tokens.Select(token => Find(token) ?? throw new ArgumentException($"no token {token}"))];
}
