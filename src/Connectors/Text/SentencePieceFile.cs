using System.Text;
using Microsoft.ML.Tokenizers;

namespace Decant.Connectors.Text;

/// <summary>tokenizer.model: SentencePiece, encoded by Microsoft.ML.Tokenizers.</summary>
internal static class SentencePieceFile
{
    public static TextTokenizer Read(string path)
    {
        var file = File.ReadAllBytes(path);
        var pieces = SentencePiecePiece.ReadAll(file);
        var sentencePiece = Create(file);
        var table = new TokenTable { StripsLeadingSpace = sentencePiece.AddDummyPrefix };
        var userDefined = new List<AddedToken>();
        for (var id = 0; id < pieces.Count; id++)
        {
            var piece = pieces[id];
            if (piece.Kind is SentencePieceKind.Control or SentencePieceKind.Unknown) table.AddSpecial(piece.Text, id);
            else table.Add(piece.Text, id, piece.Bytes);
            if (piece.Kind == SentencePieceKind.UserDefined) userDefined.Add(Added(piece.Text, id, isSpecial: false));
        }

        table.BeginOfText = sentencePiece.BeginningOfSentenceId >= 0 ? sentencePiece.BeginningOfSentenceId : null;
        if (sentencePiece.EndOfSentenceId >= 0) table.EndOfTurn.Add(sentencePiece.EndOfSentenceId);
        var template = new TextTemplate(table.BeginOfText is { } begin ? [begin] : [], []);
        TokenizerConfig.Complete(table, Path.GetDirectoryName(Path.GetFullPath(path))!, template);
        var special = table.Special.Select(id => Added(Encoding.UTF8.GetString(table.Bytes[id]), id, isSpecial: true));
        return new PipelineTokenizer(
            table.Complete(), new AddedTokens([.. special, .. userDefined.Where(token => !table.Special.Contains(token.Id))]), new AddedTokens([]),
            new Normalizers(), new PreTokenizers(), new Model(sentencePiece), template);
    }

    private static SentencePieceTokenizer Create(byte[] file)
    {
        try
        {
            return SentencePieceTokenizer.Create(new MemoryStream(file), addBeginningOfSentence: false, addEndOfSentence: false);
        }
        catch (Exception exception) when (exception is IOException or NullReferenceException)
        {
            // What the library throws for a damaged file, and for one that is cut off behind its pieces.
            throw new FormatException(exception.Message, exception);
        }
    }

    private static AddedToken Added(string text, int id, bool isSpecial) => new(text, id, isSpecial, false, false, false, false);

    private sealed class Model(SentencePieceTokenizer tokenizer) : ITokenModel
    {
        public void Encode(string word, List<int> ids) => ids.AddRange(tokenizer.EncodeToIds(word, addBeginningOfSentence: false, addEndOfSentence: false));
    }
}
