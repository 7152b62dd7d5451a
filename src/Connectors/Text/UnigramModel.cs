using System.Text;

namespace Decant.Connectors.Text;

/// <summary>Unigram: the segmentation of highest total score (Viterbi).</summary>
internal sealed class UnigramModel : ITokenModel
{
    // SentencePiece's own penalty for a character that no piece covers.
    private const double UnknownPenalty = 10;

    private readonly Dictionary<string, (int Id, double Score)> _pieces;
    private readonly int _longest;
    private readonly double _unknownScore;
    private readonly int _unknown;
    private readonly int[]? _byteTokens;

    public UnigramModel(IReadOnlyList<(string Piece, double Score)> pieces, int unknown, bool byteFallback)
    {
        if (pieces.Count == 0) throw new FormatException("the unigram model has no pieces");
        if (unknown < 0 || unknown >= pieces.Count) throw new FormatException($"unk_id {unknown} is not a piece");
        _pieces = new(StringComparer.Ordinal);
        for (var i = 0; i < pieces.Count; i++) _pieces.TryAdd(pieces[i].Piece, (i, pieces[i].Score));
        _longest = pieces.Max(piece => piece.Piece.Length);
        _unknownScore = pieces.Min(piece => piece.Score) - UnknownPenalty;
        _unknown = unknown;
        if (!byteFallback) return;
        var bytes = Enumerable.Range(0, 256).Select(b => _pieces.TryGetValue($"<0x{b:X2}>", out var piece) ? piece.Id : -1).ToArray();
        if (!bytes.Contains(-1)) _byteTokens = bytes;
    }

    public void Encode(string word, List<int> ids)
    {
        var best = new double[word.Length + 1];
        var from = new (int Start, int Id)[word.Length + 1];
        Array.Fill(best, double.NegativeInfinity);
        best[0] = 0;
        var lookup = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var start = 0; start < word.Length; start++)
        {
            if (double.IsNegativeInfinity(best[start])) continue;
            var step = char.IsSurrogatePair(word, start) ? 2 : 1;
            var covered = false;
            for (var length = step; length <= Math.Min(_longest, word.Length - start); length++)
            {
                if (!lookup.TryGetValue(word.AsSpan(start, length), out var piece)) continue;
                covered |= length == step;
                Offer(start, length, best[start] + piece.Score, piece.Id);
            }

            if (!covered) Offer(start, step, best[start] + _unknownScore, _unknown);
        }

        Emit(word, from, ids);

        void Offer(int start, int length, double score, int id)
        {
            if (score <= best[start + length]) return;
            best[start + length] = score;
            from[start + length] = (start, id);
        }
    }

    private void Emit(string word, (int Start, int Id)[] from, List<int> ids)
    {
        var path = new Stack<(int Start, int End, int Id)>();
        for (var end = word.Length; end > 0; end = from[end].Start) path.Push((from[end].Start, end, from[end].Id));
        var lastWasUnknown = false;
        foreach (var (start, end, id) in path)
        {
            var unknown = id == _unknown;
            if (unknown && _byteTokens is not null)
            {
                foreach (var b in Encoding.UTF8.GetBytes(word[start..end])) ids.Add(_byteTokens[b]);
            }
            else if (!(unknown && lastWasUnknown))
            {
                ids.Add(id);
            }

            lastWasUnknown = unknown;
        }
    }
}
