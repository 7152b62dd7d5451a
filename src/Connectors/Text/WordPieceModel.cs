namespace Decant.Connectors.Text;

/// <summary>WordPiece: the longest token that begins the rest of the word, again and again.</summary>
internal sealed class WordPieceModel(Dictionary<string, int> vocabulary, int unknown, string continuation, int longestWord) : ITokenModel
{
    public void Encode(string word, List<int> ids)
    {
        var first = ids.Count;
        for (var start = 0; start < word.Length;)
        {
            var (length, id) = word.Length > longestWord ? (0, unknown) : Longest(word, start);
            if (length == 0)
            {
                ids.RemoveRange(first, ids.Count - first);
                ids.Add(unknown);
                return;
            }

            ids.Add(id);
            start += length;
        }
    }

    private (int Length, int Id) Longest(string word, int start)
    {
        for (var end = word.Length; end > start; end--)
        {
            var piece = start == 0 ? word[..end] : continuation + word[start..end];
            if (vocabulary.TryGetValue(piece, out var id)) return (end - start, id);
        }

        return (0, unknown);
    }
}
