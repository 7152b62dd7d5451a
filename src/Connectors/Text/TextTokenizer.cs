using System.Text;
using Decant.Decoding;

namespace Decant.Connectors.Text;

/// <summary>Text ⇄ token ids, and the exact bytes of every token.</summary>
/// <remarks>Immutable and safe for concurrent use.</remarks>
public abstract class TextTokenizer : ITokenVocabulary
{
    private readonly byte[][] _bytes;
    private readonly HashSet<int> _special;
    private readonly Dictionary<string, int> _ids;

    private protected TextTokenizer(TokenTable table)
    {
        _bytes = table.Bytes;
        _special = table.Special;
        _ids = table.Ids;
        StripsLeadingSpace = table.StripsLeadingSpace;
        BeginOfTextId = table.BeginOfText;
        EndOfTurn = [.. table.EndOfTurn];
        SpecialTokens = [.. table.Special.Select(id => Encoding.UTF8.GetString(_bytes[id])).Where(text => text.Length > 0)];
    }

    /// <inheritdoc/>
    public int Count => _bytes.Length;

    /// <inheritdoc/>
    public IReadOnlyList<int> EndOfTurn { get; }

    /// <summary>The id that begins a text, or null.</summary>
    public int? BeginOfTextId { get; }

    /// <summary>The control tokens as they are written.</summary>
    public IReadOnlyList<string> SpecialTokens { get; }

    /// <summary>Added tokens that are no control tokens, as they are written: found in any text, before it is cut into pieces.</summary>
    internal abstract IEnumerable<string> PlainAddedTokens { get; }

    /// <summary>Whether the first space of a decoded text is the tokenizer's own and is dropped (SentencePiece).</summary>
    public bool StripsLeadingSpace { get; }

    /// <summary>Loads the tokenizer of a model folder: tokenizer.json, or tokenizer.model, or vocab.json with merges.txt.</summary>
    /// <exception cref="FileNotFoundException">The folder has none of them.</exception>
    /// <exception cref="InvalidDataException">A file is truncated or garbled.</exception>
    /// <exception cref="NotSupportedException">A component is of a type that is not known; the message names it and the known ones.</exception>
    public static TextTokenizer Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        foreach (var name in (string[])["tokenizer.json", "tokenizer.model", "vocab.json"])
        {
            var path = Path.Combine(folder, name);
            if (File.Exists(path)) return LoadFile(path);
        }

        throw new FileNotFoundException(
            $"{folder} has no tokenizer.json, tokenizer.model or vocab.json. Fetch the model's tokenizer files into the folder.", Path.Combine(folder, "tokenizer.json"));
    }

    /// <summary>Loads one tokenizer file; its neighbours (tokenizer_config.json, merges.txt …) are read where they exist.</summary>
    /// <inheritdoc cref="Load"/>
    public static TextTokenizer LoadFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            if (Path.GetFileName(path) == "vocab.json") return TokenizerJson.ReadVocabularyAndMerges(path);
            return path.EndsWith(".json", StringComparison.Ordinal) ? TokenizerJson.Read(path) : SentencePieceFile.Read(path);
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new InvalidDataException($"{path} is not a whole tokenizer file ({exception.Message}). Fetch it again.", exception);
        }
    }

    /// <summary>Token ids of a text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="addSpecialTokens">Whether to add what the tokenizer puts around a text (a begin token, usually).</param>
    /// <param name="parseSpecialTokens">Whether control tokens written in the text become those tokens. False for text of unknown origin.</param>
    public abstract int[] Encode(string text, bool addSpecialTokens = true, bool parseSpecialTokens = true);

    /// <summary>The text of token ids. Bytes that are not UTF-8 become U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true)
    {
        var bytes = new List<byte>(ids.Length * 4);
        foreach (var id in ids)
        {
            if (!skipSpecialTokens || !IsSpecial(id)) bytes.AddRange(Bytes(id));
        }

        var text = Encoding.UTF8.GetString(bytes.ToArray());
        return StripsLeadingSpace && text.StartsWith(' ') ? text[1..] : text;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Bytes(int id) => (uint)id < (uint)_bytes.Length
        ? _bytes[id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"Token ids of this vocabulary are 0 … {Count - 1}.");

    /// <inheritdoc/>
    public bool IsSpecial(int id) => _special.Contains(id);

    /// <inheritdoc/>
    public int? Find(string text) => _ids.TryGetValue(text, out var id) ? id : null;
}
