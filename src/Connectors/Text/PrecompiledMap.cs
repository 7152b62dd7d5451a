using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Decant.Connectors.Text;

/// <summary>SentencePiece's compiled character map: a double-array trie from UTF-8 sequences to their replacements.</summary>
internal sealed class PrecompiledMap
{
    private readonly uint[] _trie;
    private readonly byte[] _replacements;

    public PrecompiledMap(byte[] map)
    {
        var size = map.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(map) : 0;
        if (map.Length < 4 || size > map.Length - 4 || size % 4 != 0) throw new FormatException("the precompiled character map is truncated");
        _trie = new uint[size / 4];
        for (var i = 0; i < _trie.Length; i++) _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(map.AsSpan(4 + 4 * i));
        _replacements = map[(4 + (int)size)..];
    }

    public string Apply(string text)
    {
        var result = new StringBuilder(text.Length);
        var graphemes = StringInfo.GetTextElementEnumerator(text);
        while (graphemes.MoveNext())
        {
            var grapheme = graphemes.GetTextElement();
            var bytes = Encoding.UTF8.GetBytes(grapheme);
            if (bytes.Length < 6 && Find(bytes) is { } whole)
            {
                result.Append(whole);
                continue;
            }

            foreach (var rune in grapheme.EnumerateRunes())
                result.Append(Find(Encoding.UTF8.GetBytes(rune.ToString())) ?? rune.ToString());
        }

        return result.ToString();
    }

    // Darts-clone units: bit 31 marks a leaf, bits 0-7 the label, bit 8 a value below, the rest the offset.
    private string? Find(byte[] key)
    {
        if (_trie.Length == 0) return null;
        var position = Offset(_trie[0]);
        foreach (var b in key)
        {
            position ^= b;
            if (b == 0 || position >= _trie.Length || (_trie[position] & 0x800000FF) != b) return null;
            var unit = _trie[position];
            position ^= Offset(unit);
            if ((unit & 0x100) != 0 && position < _trie.Length) return Replacement(_trie[position] & 0x7FFFFFFF);
        }

        return null;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 0x200) >> 6);

    private string? Replacement(uint start)
    {
        if (start >= _replacements.Length) return null;
        var rest = _replacements.AsSpan((int)start);
        var end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }
}
