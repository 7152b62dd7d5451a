using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Decant.Connectors.Text;

/// <summary>tokenizer.model: SentencePiece, encoded by Microsoft.ML.Tokenizers.</summary>
internal static class SentencePieceFile
{
    public static TextTokenizer Read(string path)
    {
        using var stream = File.OpenRead(path);
        var sentencePiece = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false);
        var table = new TokenTable { StripsLeadingSpace = true };
        foreach (var (piece, id) in sentencePiece.Vocabulary) table.Add(piece, id, BytesOf(piece));
        foreach (var (name, id) in (ValueTuple<string, int>[])
            [
                (sentencePiece.UnknownToken, sentencePiece.UnknownId),
                (sentencePiece.BeginningOfSentenceToken, sentencePiece.BeginningOfSentenceId),
                (sentencePiece.EndOfSentenceToken, sentencePiece.EndOfSentenceId),
            ])
        {
            if (id >= 0 && !string.IsNullOrEmpty(name)) table.AddSpecial(name, id);
        }

        // Control pieces such as [INST] are written in brackets; the library does not say which pieces are controls.
        foreach (var piece in sentencePiece.Vocabulary.Keys.Where(IsControl).ToList()) table.AddSpecial(piece, table.Ids[piece]);
        table.BeginOfText = sentencePiece.BeginningOfSentenceId;
        if (sentencePiece.EndOfSentenceId >= 0) table.EndOfTurn.Add(sentencePiece.EndOfSentenceId);
        var template = new TextTemplate(sentencePiece.BeginningOfSentenceId >= 0 ? [sentencePiece.BeginningOfSentenceId] : [], []);
        TokenizerConfig.Complete(table, Path.GetDirectoryName(Path.GetFullPath(path))!, template);
        var added = table.Special.Select(id => new AddedToken(Encoding.UTF8.GetString(table.Bytes[id]), id, true, false, false, false, false)).ToList();
        return new PipelineTokenizer(
            table.Complete(), new AddedTokens(added), new AddedTokens([]), new Normalizers(), new PreTokenizers(), new Model(sentencePiece), template);
    }

    private static byte[] BytesOf(string piece) =>
        piece.Length == 6 && piece.StartsWith("<0x", StringComparison.Ordinal) && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value)
            ? [value]
            : Encoding.UTF8.GetBytes(piece.Replace("▁", " ", StringComparison.Ordinal));

    private static bool IsControl(string piece) =>
        piece.Length > 2 && ((piece[0] == '[' && piece[^1] == ']' && piece.AsSpan(1, piece.Length - 2).IndexOfAnyExcept(_upper) < 0) || (piece.StartsWith("<|", StringComparison.Ordinal) && piece.EndsWith("|>", StringComparison.Ordinal)));

    private static readonly System.Buffers.SearchValues<char> _upper = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ_/");

    private sealed class Model(SentencePieceTokenizer tokenizer) : ITokenModel
    {
        public void Encode(string word, List<int> ids) => ids.AddRange(tokenizer.EncodeToIds(word, addBeginningOfSentence: false, addEndOfSentence: false));
    }
}
