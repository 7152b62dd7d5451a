using System.Numerics;
using System.Runtime.InteropServices;

namespace Decant.Decoding;

/// <summary>
/// The tokens of text that is certain, cut as a tokenizer would: the longest ones, less those at the end which may be the beginning of a longer one (as llguidance does). Serves one
/// caller at a time.
/// </summary>
internal sealed class ForcedTokens(CompiledGrammar grammar, Lexer lexer, GrammarThreads threads, GrammarMasks masks, VocabularySlices slices)
{
    private const int MaxBytes = 512;
    private const int MaxTakenBack = 4;
    private const int Several = -1;
    private readonly List<byte> _bytes = [];

    /// <summary>The tokens that are certain to follow a place. Those of the places they lead to are kept with these.</summary>
    public ReadOnlyMemory<int> After(GrammarPlace place)
    {
        FindBytes(place);
        List<int> tokens = [];
        List<GrammarPlace> places = [place];
        var text = CollectionsMarshal.AsSpan(_bytes);
        var cut = 0;
        while (cut < text.Length && slices.Longest(text[cut..]) is >= 0 and var token && grammar.NextOf(places[^1], token) is { } next)
        {
            tokens.Add(token);
            places.Add(next);
            cut += slices.Vocabulary.Bytes(token).Length;
        }

        TakeBack(tokens, places, text[..cut]);
        if (tokens.Count == 0) return Only(masks.Allowed(place)) is { } only ? new[] { only } : default;
        ReadOnlyMemory<int> run = tokens.ToArray();
        for (var i = 1; i < tokens.Count; i++) places[i].Forced ??= run[i..];
        return run;
    }

    private void FindBytes(GrammarPlace place)
    {
        _bytes.Clear();
        threads.Reset(place.Threads, place.Boundary);
        while (_bytes.Count < MaxBytes && threads.Boundary is not ({ Accepts: true } or { Tokens.Count: > 0 }) && OnlyByte() is >= 0 and var value)
        {
            threads.TryPush((byte)value);
            _bytes.Add((byte)value);
        }
    }

    private int OnlyByte()
    {
        var only = Several;
        foreach (var (_, state) in threads.Current)
        {
            for (var value = 0; value < 256; value++)
            {
                if (value == only || lexer.Next(state, (byte)value) == LexerState.Dead) continue;
                if (only != Several) return Several;
                only = value;
            }
        }

        return only;
    }

    // What comes behind the certain text may have been one token with its end.
    private void TakeBack(List<int> tokens, List<GrammarPlace> places, ReadOnlySpan<byte> text)
    {
        var first = Math.Max(0, tokens.Count - MaxTakenBack);
        var start = text.Length;
        for (var i = tokens.Count - 1; i >= first; i--) start -= slices.Vocabulary.Bytes(tokens[i]).Length;
        for (var i = first; i < tokens.Count; start += slices.Vocabulary.Bytes(tokens[i++]).Length)
        {
            if (!MayGoOn(places[i], text[start..])) continue;
            tokens.RemoveRange(i, tokens.Count - i);
            return;
        }
    }

    private bool MayGoOn(GrammarPlace place, ReadOnlySpan<byte> end)
    {
        foreach (var trie in slices.Tries)
        {
            var found = trie.Find(end);
            for (var node = found + 1; found >= 0 && node < trie.End(found); node++)
            {
                if (trie.Token(node) is >= 0 and var token && grammar.NextOf(place, token) is not null) return true;
            }
        }

        return false;
    }

    private static int? Only(ReadOnlySpan<ulong> mask)
    {
        int? only = null;
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i] == 0) continue;
            if (only is not null || !BitOperations.IsPow2(mask[i])) return null;
            only = (i << 6) + BitOperations.TrailingZeroCount(mask[i]);
        }

        return only;
    }
}
