using System.Text;
using Decant.Decoding;

namespace Decant.Benchmarks.Mask;

/// <summary>
/// 128,000 tokens such as byte-level BPE has: all bytes, the commonest pieces of words with and without a space before, numbers of up to three digits, marks and runs of them,
/// white space, and characters of other scripts. The pieces come from a text; the greedy longest token stands for a tokenizer's cut.
/// </summary>
internal sealed class SyntheticVocabulary : ITokenVocabulary
{
    private readonly byte[][] _bytes;
    private readonly Dictionary<string, int> _ids = [];

    public SyntheticVocabulary(string text, int count = 128_000)
    {
        var tokens = new List<byte[]>();
        var known = new HashSet<string>();
        for (var value = 0; value < 256; value++) tokens.Add([(byte)value]);
        for (var number = 0; number < 1000; number++)
        {
            Add($"{number}");
            if (number < 100) Add($"{number:00}");
            Add($"{number:000}");
        }

        string[] marks = [.. "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".Select(mark => mark.ToString())];
        foreach (var first in marks)
        {
            Add(" " + first);
            foreach (var second in marks)
            {
                Add(first + second);
                Add(" " + first + second);
                if (first is "\"" or "}" or "]" or "{" or "[") Add(first + second + "\n");
            }
        }

        foreach (var run in (string[])["\":\"", "\": \"", "\",\"", "\", \"", "\"},", "\"}]", "\"}}", "{\"", "[{\"", "},{\"", "\"],", "...", "----", "====", "////", "\\n\\n", "\\u00", "\":{\"", "\":[", "\":[\"", "\":{"]) Add(run);
        for (var length = 1; length <= 64; length++)
        {
            Add(new string(' ', length));
            if (length <= 16) Add(new string('\n', length));
            if (length <= 16) Add(new string('\t', length));
        }

        foreach (var end in (string[])["", ",", ";", ":", "{", "}", "(", ")", "[", "]", "\"", "\",", "\"]", "\"}", "\")", "\":", ".", "!", "?"])
        {
            for (var indent = 0; indent <= 24; indent++) Add(end + "\n" + new string(' ', indent));
            for (var indent = 0; indent <= 8; indent++) Add(end + "\n" + new string('\t', indent));
        }

        foreach (var word in Pieces(text).Where(piece => piece[0] != ' ').Take(4000))
        {
            Add("\"" + word);
            Add(" \"" + word);
        }

        for (var scalar = 0xA0; scalar < 0x3000; scalar += 3) Add(char.ConvertFromUtf32(scalar));
        for (var scalar = 0x4E00; scalar < 0x6000; scalar++) Add(char.ConvertFromUtf32(scalar));
        foreach (var piece in Pieces(text))
        {
            if (tokens.Count == count - 1) break;
            Add(piece);
        }

        EndOfTurn = [tokens.Count];
        tokens.Add("<|end|>"u8.ToArray());
        _bytes = [.. tokens];
        Slices = VocabularySlices.Of(this);

        void Add(string token)
        {
            if (token.Length == 1 && token[0] < 0x80) return;
            if (!known.Add(token)) return;
            _ids[token] = tokens.Count;
            tokens.Add(Encoding.UTF8.GetBytes(token));
        }
    }

    public int Count => _bytes.Length;

    public IReadOnlyList<int> EndOfTurn { get; }

    public VocabularySlices Slices { get; }

    public ReadOnlySpan<byte> Bytes(int id) => _bytes[id];

    public bool IsSpecial(int id) => id == EndOfTurn[0];

    public int? Find(string text) => _ids.TryGetValue(text, out var id) ? id : null;

    /// <summary>The longest token that fits, again and again.</summary>
    public List<int> Encode(ReadOnlySpan<byte> text)
    {
        var ids = new List<int>();
        while (!text.IsEmpty)
        {
            ids.Add(Slices.Longest(text));
            text = text[_bytes[ids[^1]].Length..];
        }

        return ids;
    }

    // Whole words first, with a space, without, in capitals; then their beginnings and ends.
    private static IEnumerable<string> Pieces(string text)
    {
        var counts = new Dictionary<string, int>();
        foreach (var word in text.Split([' ', '\n', '\r', '\t', '.', ',', ';', ':', '!', '?', '"', '(', ')', '-', '_', '\'', '*', '[', ']', '—', '“', '”'], StringSplitOptions.RemoveEmptyEntries))
            counts[word] = counts.GetValueOrDefault(word) + 1;
        var words = counts.OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Select(word => word.Key).ToList();
        foreach (var word in words)
        {
            yield return " " + word;
            yield return word;
        }

        foreach (var word in words)
        {
            yield return char.ToUpperInvariant(word[0]) + word[1..];
            yield return word.ToUpperInvariant();
            for (var length = 2; length < word.Length; length++)
            {
                yield return word[..length];
                yield return " " + word[..length];
                yield return word[^length..];
            }
        }
    }
}
