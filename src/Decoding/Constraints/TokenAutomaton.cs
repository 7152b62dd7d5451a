using System.Numerics;
using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>
/// A <see cref="ByteAutomaton"/> read in tokens of a vocabulary. What a state allows is found once, by walking every token's bytes, and kept: from then on
/// a mask costs one pass over its bits. Safe for concurrent use.
/// </summary>
internal sealed class TokenAutomaton
{
    private const int MaxForcedBytes = 64;
    private const int None = -1;
    private readonly ByteAutomaton _bytes;
    private readonly ITokenVocabulary _vocabulary;
    private readonly bool[] _ends;
    private readonly ulong[]?[] _masks;
    private readonly int[]?[] _forced;
    private readonly int[] _first;

    public TokenAutomaton(ByteAutomaton bytes, ITokenVocabulary vocabulary)
    {
        (_bytes, _vocabulary) = (bytes, vocabulary);
        _ends = new bool[vocabulary.Count];
        foreach (var id in vocabulary.EndOfTurn) _ends[id] = true;
        _masks = new ulong[bytes.StateCount + 1][];
        _forced = new int[bytes.StateCount + 1][];
        _first = new int[bytes.StateCount + 1];
    }

    /// <summary>The state behind an end-of-turn token, where nothing may follow.</summary>
    public int Over => _bytes.StateCount;

    public bool IsAccepting(int state) => state == Over || _bytes.IsAccepting(state);

    /// <summary>The state after a token, or <see cref="ByteAutomaton.Refused"/>.</summary>
    public int Next(int state, int token)
    {
        if (state == Over || (uint)token >= (uint)_ends.Length) return ByteAutomaton.Refused;
        if (_ends[token]) return _bytes.IsAccepting(state) ? Over : ByteAutomaton.Refused;
        var bytes = _vocabulary.Bytes(token);
        if (bytes.IsEmpty || _vocabulary.IsSpecial(token)) return ByteAutomaton.Refused;
        foreach (var value in bytes)
        {
            state = _bytes.Next(state, value);
            if (state < 0) return ByteAutomaton.Refused;
        }

        return state;
    }

    /// <summary>Clears the bit of every token that may not follow. Logits rows may be longer than the vocabulary: what is beyond it may not follow either.</summary>
    public void FillMask(int state, Span<ulong> mask)
    {
        var allowed = Allowed(state).AsSpan(0, Math.Min(mask.Length, (_ends.Length + 63) >> 6));
        TensorPrimitives.BitwiseAnd(mask[..allowed.Length], allowed, mask[..allowed.Length]);
        mask[allowed.Length..].Clear();
    }

    /// <summary>The tokens that must follow one after the other, as long as their bytes are certain.</summary>
    public int[] Forced(int state) => Volatile.Read(ref _forced[state]) is { } known ? known : Keep(ref _forced[state], FindForced(state));

    private ulong[] Allowed(int state) => Volatile.Read(ref _masks[state]) is { } known ? known : Keep(ref _masks[state], FindAllowed(state));

    // Two callers may find the same at once; either's will do.
    private static T Keep<T>(ref T? place, T found)
        where T : class
    {
        Volatile.Write(ref place, found);
        return found;
    }

    private ulong[] FindAllowed(int state)
    {
        var mask = new ulong[(_ends.Length + 63) >> 6];
        for (var id = 0; id < _ends.Length; id++)
        {
            if (Next(state, id) >= 0) mask[id >> 6] |= 1UL << (id & 63);
        }

        return mask;
    }

    private int[] FindForced(int state)
    {
        var tokens = new List<int>();
        while (tokens.Count < _bytes.StateCount && FirstForced(state) is >= 0 and var token)
        {
            tokens.Add(token);
            state = Next(state, token);
        }

        return [.. tokens];
    }

    // Every state on a run asks for the rest of it, so each keeps its own first token: one higher, for 0 stands for not known yet.
    private int FirstForced(int state)
    {
        if (Volatile.Read(ref _first[state]) is not 0 and var known) return known > 0 ? known - 1 : None;
        var token = Only(Allowed(state)) ?? Longest(ForcedBytes(state)) ?? None;
        Volatile.Write(ref _first[state], token == None ? None : token + 1);
        return token;
    }

    private List<byte> ForcedBytes(int state)
    {
        var run = new List<byte>();
        while (run.Count < MaxForcedBytes && !_bytes.IsAccepting(state))
        {
            var bytes = Enumerable.Range(0, 256).Where(value => _bytes.Next(state, (byte)value) >= 0).Take(2).ToList();
            if (bytes.Count != 1) break;
            run.Add((byte)bytes[0]);
            state = _bytes.Next(state, (byte)bytes[0]);
        }

        return run;
    }

    // As a tokenizer would cut a certain text, more or less.
    private int? Longest(List<byte> run)
    {
        int? longest = null;
        if (run.Count == 0) return null;
        for (var id = 0; id < _ends.Length; id++)
        {
            var bytes = _vocabulary.Bytes(id);
            if (bytes.IsEmpty || bytes.Length > run.Count || _vocabulary.IsSpecial(id) || !System.Runtime.InteropServices.CollectionsMarshal.AsSpan(run).StartsWith(bytes)) continue;
            if (longest is null || bytes.Length > _vocabulary.Bytes(longest.Value).Length) longest = id;
        }

        return longest;
    }

    private static int? Only(ulong[] mask)
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
