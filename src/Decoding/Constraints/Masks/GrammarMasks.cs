using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>Which tokens may follow a place: for each way to read the text, the tokens that stay in a terminal, and those that leave it for what the rules say comes next. Serves one caller at a time.</summary>
internal sealed class GrammarMasks(Lexer lexer, GrammarParser parser, VocabularySlices slices)
{
    // Where there are more, all are forgotten.
    private const long MaxBytes = 64 << 20;
    private readonly LexerMasks _lexerMasks = new(lexer, slices);
    private readonly GrammarThreads _threads = new(lexer, parser);
    private readonly ulong[] _union = new ulong[slices.Words];
    private readonly List<GrammarRow> _rows = [];
    private readonly List<LexerState> _states = [];
    private long _bytes;

    /// <summary>Clears the bits of all tokens that may not follow.</summary>
    public void Fill(GrammarPlace place, Span<ulong> mask) => TokenMask.Restrict(mask, Allowed(place));

    /// <summary>The tokens that may follow. Valid until the next call.</summary>
    public ReadOnlySpan<ulong> Allowed(GrammarPlace place)
    {
        if (place is { Threads.Length: 1, Boundary: null or { Accepts: false, Tokens.Count: 0 } }) return Mask(place.Threads[0]);
        Array.Clear(_union);
        foreach (var thread in place.Threads) TensorPrimitives.BitwiseOr(_union, Mask(thread), _union);
        if (place.Boundary is not { } boundary) return _union;
        foreach (var (token, _) in boundary.Tokens) TokenMask.Set(_union, token);
        if (boundary.Accepts) TensorPrimitives.BitwiseOr(_union, slices.EndMask, _union);
        return _union;
    }

    /// <summary>Whether <see cref="Allowed"/> has nothing to find out.</summary>
    public static bool IsKnown(GrammarPlace place)
    {
        foreach (var (row, state) in place.Threads)
        {
            if (!row.Masks.ContainsKey(state)) return false;
        }

        return true;
    }

    private ulong[] Mask(GrammarThread thread)
    {
        if (thread.Row.Masks.TryGetValue(thread.Lexer, out var known)) return known;
        var mask = Make(thread.Row, thread.Lexer);
        Count(mask.Length * sizeof(ulong));
        if (thread.Row.Masks.Count == 0) _rows.Add(thread.Row);
        return thread.Row.Masks[thread.Lexer] = mask;
    }

    private ulong[] Make(GrammarRow row, LexerState state)
    {
        var inner = Inner(state);
        ulong[] mask = [.. inner.Inside];
        if (inner.Unseen.Count > 0 && inner.LeavingUnseen.Any(ended => parser.Advance(row, ended).Lexer.GoesOn)) _lexerMasks.AddUnseen(state, inner);
        foreach (var (ended, nodes) in inner.Leaving)
        {
            var next = parser.Advance(row, ended);
            if (!next.Lexer.GoesOn) continue;
            foreach (var (trie, node) in nodes) AddBelow(trie, node, next, mask);
        }

        return mask;
    }

    private LexerMask Inner(LexerState state)
    {
        if (state.Mask is { } known) return known;
        var mask = _lexerMasks.Make(state);
        Count(mask.Bytes);
        _states.Add(state);
        return state.Mask = mask;
    }

    // The rest of the tokens below a node, read from a row on.
    private void AddBelow(TokenTrie trie, int root, GrammarRow row, ulong[] mask)
    {
        var depth = trie.Depth(root);
        _threads.Reset([new GrammarThread(row, row.Lexer)], row);
        for (var node = root + 1; node < trie.End(root);)
        {
            for (; depth >= trie.Depth(node); depth--) _threads.Pop();
            if (!_threads.TryPush(trie.Byte(node)))
            {
                node = trie.End(node);
                continue;
            }

            trie.Mark(node, mask);
            depth++;
            node++;
        }
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        if (_bytes <= MaxBytes) return;
        foreach (var row in _rows) row.Masks.Clear();
        foreach (var state in _states) state.Mask = null;
        _rows.Clear();
        _states.Clear();
        _bytes = bytes;
    }
}
