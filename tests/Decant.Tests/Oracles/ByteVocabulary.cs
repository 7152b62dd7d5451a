using System.Text;

namespace Decant.Tests;

/// <summary>A token for every byte, numbered as it is; then control tokens, of which &lt;/s&gt; ends a turn. What a constraint says of texts can be read off it byte by byte.</summary>
internal sealed class ByteVocabulary : ITokenVocabulary
{
    private static readonly string[] _controls = ["</s>", "<|call|>"];
    private static readonly byte[][] _bytes = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value }), .. _controls.Select(Encoding.UTF8.GetBytes)];

    public static ByteVocabulary Instance { get; } = new();

    public int Count => _bytes.Length;

    public IReadOnlyList<int> EndOfTurn => [256];

    public ReadOnlySpan<byte> Bytes(int id) => _bytes[id];

    public bool IsSpecial(int id) => id >= 256;

    public int? Find(string text) => Array.IndexOf(_controls, text) is >= 0 and var control ? 256 + control : text is [< (char)128 and var letter] ? letter : null;

    /// <summary>Whether a text is one that a constraint allows. A control token is written by its name.</summary>
    public static bool Allows(GrammarConstraintOptions options, string text) => Allows(options.CompileGrammar(Instance), text);

    /// <summary>The same for a grammar that is compiled already.</summary>
    public static bool Allows(CompiledGrammar grammar, string text)
    {
        var place = CompiledGrammar.First;
        foreach (var part in text.Split(_controls[1]).SelectMany((part, i) => i == 0 ? Ids(part) : [257, .. Ids(part)]))
        {
            place = grammar.Next(place, part);
            if (place == CompiledGrammar.Refused) return false;
        }

        return grammar.IsAccepting(place);
    }

    private static IEnumerable<int> Ids(string text) => Encoding.UTF8.GetBytes(text).Select(value => (int)value);
}
