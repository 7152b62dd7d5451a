using System.Runtime.InteropServices;
using System.Text;

namespace Decant.Decoding;

/// <summary>Makes <see cref="ByteRegex"/> nodes, each only once, and simplifies as it does. Serves one caller at a time.</summary>
internal sealed class RegexPool
{
    // Each level is a call or two when a byte is read; a thread's stack may have no more than a megabyte.
    private const int MaxDepth = 2500;

    // A text's bytes in common are as many levels.
    private const int MaxFactoring = 100;

    private readonly Dictionary<Key, ByteRegex> _nodes = new(new KeyComparer());
    private readonly HashSet<ByteSet> _sets = [];
    private int _factoring;

    public RegexPool()
    {
        Nothing = Make(new Key(RegexKind.Nothing), isNullable: false, mayBeEmpty: false);
        Empty = Make(new Key(RegexKind.Empty), isNullable: true, mayBeEmpty: false);
        Anything = Repeat(Bytes(ByteSet.All), 0, null);
    }

    /// <summary>Nodes that may be made; then <see cref="ConstraintLimitException"/> is thrown.</summary>
    public int MaxNodes { get; init; } = 2_000_000;

    /// <summary>The language without texts.</summary>
    public ByteRegex Nothing { get; }

    /// <summary>The language of the empty text.</summary>
    public ByteRegex Empty { get; }

    /// <summary>All sequences of bytes.</summary>
    public ByteRegex Anything { get; }

    /// <summary>The sets of bytes that nodes distinguish.</summary>
    public IReadOnlyCollection<ByteSet> Sets => _sets;

    /// <summary>Whether a node is an automaton that may distinguish any bytes.</summary>
    public bool HasAutomata { get; private set; }

    public ByteRegex Bytes(ByteSet set)
    {
        if (set.IsEmpty) return Nothing;
        _sets.Add(set);
        return MakeBytes(set);
    }

    /// <summary>The UTF-8 of a text.</summary>
    public ByteRegex Literal(string text) => Literal(Encoding.UTF8.GetBytes(text));

    public ByteRegex Literal(ReadOnlySpan<byte> bytes)
    {
        var result = Empty;
        for (var i = bytes.Length - 1; i >= 0; i--) result = Concat(Bytes(ByteSet.Of(bytes[i])), result);
        return result;
    }

    /// <summary>Any of many texts. What they begin with in common is read once, so that there may be a hundred thousand of them.</summary>
    public ByteRegex Literals(IEnumerable<string> texts)
    {
        var sorted = texts.Select(Encoding.UTF8.GetBytes).ToArray();
        Array.Sort(sorted, static (left, right) => left.AsSpan().SequenceCompareTo(right));
        return Literals(sorted, 0);
    }

    public ByteRegex Concat(ByteRegex first, ByteRegex second)
    {
        if (first.Kind == RegexKind.Nothing || second.Kind == RegexKind.Nothing) return Nothing;
        if (first.Kind == RegexKind.Empty) return second;
        if (second.Kind == RegexKind.Empty) return first;

        // To the right, so that reading a byte changes the head and shares the tail.
        var heads = new List<ByteRegex>();
        for (; first.Kind == RegexKind.Concat; first = first.Parts[1]) heads.Add(first.Parts[0]);
        heads.Add(first);
        for (var i = heads.Count - 1; i >= 0; i--)
            second = Make(new Key(RegexKind.Concat) { Parts = [heads[i], second] }, heads[i].IsNullable && second.IsNullable, heads[i].MayBeEmpty || second.MayBeEmpty);
        return second;
    }

    public ByteRegex Concat(params ReadOnlySpan<ByteRegex> parts)
    {
        var result = Empty;
        for (var i = parts.Length - 1; i >= 0; i--) result = Concat(parts[i], result);
        return result;
    }

    public ByteRegex Or(params ReadOnlySpan<ByteRegex> parts)
    {
        if (parts is [var only]) return only;
        var flat = new List<ByteRegex>(parts.Length);
        var set = default(ByteSet);
        foreach (var part in parts)
        {
            foreach (var inner in part.Kind == RegexKind.Or ? part.Parts : [part])
            {
                if (inner == Anything) return Anything;
                if (inner.Kind == RegexKind.Bytes) set |= inner.Set;
                else if (inner.Kind != RegexKind.Nothing) flat.Add(inner);
            }
        }

        Factor(flat);

        // Sets that are joined tell no more bytes apart than each did.
        if (!set.IsEmpty) flat.Add(MakeBytes(set));
        Sort(flat);
        if (flat.Count > 1 && flat.Exists(part => part.IsNullable && part.Kind != RegexKind.Empty)) flat.Remove(Empty);
        return flat.Count switch
        {
            0 => Nothing,
            1 => flat[0],
            _ => Make(new Key(RegexKind.Or) { Parts = [.. flat] }, flat.Exists(part => part.IsNullable), flat.TrueForAll(part => part.MayBeEmpty)),
        };
    }

    public ByteRegex And(params ReadOnlySpan<ByteRegex> parts)
    {
        var flat = new List<ByteRegex>(parts.Length);
        foreach (var part in parts)
        {
            if (part.Kind == RegexKind.Nothing) return Nothing;
            if (part != Anything) flat.AddRange(part.Kind == RegexKind.And ? part.Parts : [part]);
        }

        Sort(flat);
        if (flat.Contains(Empty)) return flat.TrueForAll(part => part.IsNullable) ? Empty : Nothing;
        return flat.Count switch
        {
            0 => Anything,
            1 => flat[0],
            _ => Make(new Key(RegexKind.And) { Parts = [.. flat] }, flat.TrueForAll(part => part.IsNullable), mayBeEmpty: true),
        };
    }

    /// <summary>Every sequence of bytes that does not belong to <paramref name="part"/>, those that are no UTF-8 included.</summary>
    public ByteRegex Not(ByteRegex part)
    {
        if (part.Kind == RegexKind.Not) return part.Parts[0];
        if (part.Kind == RegexKind.Nothing) return Anything;
        return part == Anything ? Nothing : Make(new Key(RegexKind.Not) { Parts = [part] }, !part.IsNullable, mayBeEmpty: true);
    }

    /// <summary>Texts of <paramref name="part"/> one after the other.</summary>
    /// <param name="part">The texts.</param>
    /// <param name="min">The fewest of them.</param>
    /// <param name="max">The most; null for any number.</param>
    public ByteRegex Repeat(ByteRegex part, int min, int? max)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(min);
        if (max < min) return Nothing;
        if (max == 0 || part.Kind == RegexKind.Empty) return Empty;
        if (part.Kind == RegexKind.Nothing) return min == 0 ? Empty : Nothing;
        if (min == 1 && max == 1) return part;

        // How often a text that may be empty is there at least says nothing.
        if (part.IsNullable) min = 0;
        if (part.Kind == RegexKind.Repeat && IsGapless(part, min) && (long)part.Min * min < int.MaxValue)
        {
            var most = (long)part.Max * (max ?? int.MaxValue);
            return Repeat(part.Parts[0], part.Min * min, most < int.MaxValue ? (int)most : null);
        }

        return Make(new Key(RegexKind.Repeat) { Parts = [part], Min = min, Max = max ?? int.MaxValue }, min == 0, min > 0 && part.MayBeEmpty);
    }

    public ByteRegex Optional(ByteRegex part) => Or(Empty, part);

    /// <summary>Any text that has one of <paramref name="part"/> in it.</summary>
    public ByteRegex Containing(ByteRegex part) => Concat(Anything, part, Anything);

    /// <summary>What an automaton accepts from a state on.</summary>
    public ByteRegex Automaton(ByteAutomaton automaton, int state = 0)
    {
        if (automaton.Sets is not { } sets) HasAutomata = true;
        else if (state == 0) _sets.UnionWith(sets);
        return Make(new Key(RegexKind.Automaton) { Automaton = automaton, Min = state }, automaton.IsAccepting(state), automaton.HasDeadEnds);
    }

    // Alternatives that begin with the same bytes, and bytes before what is alike, are read together: automata stay small. As far as alternatives go on alike, this goes on with them.
    private void Factor(List<ByteRegex> parts)
    {
        if (_factoring == MaxFactoring || parts.Count(BeginsWithBytes) < 2) return;
        _factoring++;
        var tails = parts.Where(BeginsWithBytes).ToLookup(part => part.Parts[0].Set, part => part.Parts[1]);
        parts.RemoveAll(BeginsWithBytes);
        var sets = new Dictionary<ByteRegex, ByteSet>();
        foreach (var alike in tails)
        {
            var tail = Or([.. alike]);
            sets[tail] = sets.GetValueOrDefault(tail) | alike.Key;
        }

        foreach (var (tail, set) in sets) parts.Add(Concat(MakeBytes(set), tail));
        _factoring--;
    }

    private static bool BeginsWithBytes(ByteRegex part) => part.Kind == RegexKind.Concat && part.Parts[0].Kind == RegexKind.Bytes;

    private ByteRegex MakeBytes(ByteSet set) => Make(new Key(RegexKind.Bytes) { Set = set }, isNullable: false, mayBeEmpty: false);

    private ByteRegex Literals(ReadOnlySpan<byte[]> sorted, int depth)
    {
        var branches = new List<ByteRegex>();
        while (!sorted.IsEmpty)
        {
            if (sorted[0].Length == depth)
            {
                branches.Add(Empty);
                sorted = sorted[1..];
                continue;
            }

            // As far as all of those that begin alike go on alike.
            var first = sorted[0];
            var count = 1;
            while (count < sorted.Length && sorted[count][depth] == first[depth]) count++;
            var common = first.AsSpan().CommonPrefixLength(sorted[count - 1]);
            branches.Add(Concat(Literal(first.AsSpan(depth..common)), Literals(sorted[..count], common)));
            sorted = sorted[count..];
        }

        return Or([.. branches]);
    }

    // Whether min, min + 1 … times what is repeated itself leave out no number in between: from there on the counts only get closer. No text is so long that a maximum beyond int.MaxValue matters.
    private static bool IsGapless(ByteRegex repeat, int min) => min == 0 ? repeat.Min <= 1 : ((long)repeat.Max - repeat.Min) * min >= repeat.Min - 1;

    private static void Sort(List<ByteRegex> parts)
    {
        parts.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        var kept = 0;
        for (var i = 0; i < parts.Count; i++)
        {
            if (kept == 0 || parts[kept - 1] != parts[i]) parts[kept++] = parts[i];
        }

        CollectionsMarshal.SetCount(parts, kept);
    }

    private ByteRegex Make(Key key, bool isNullable, bool mayBeEmpty)
    {
        if (_nodes.TryGetValue(key, out var known)) return known;
        if (_nodes.Count >= MaxNodes) throw new ConstraintLimitException($"its patterns need more than {MaxNodes:N0} states");
        var depth = Depth(key);
        if (depth > MaxDepth) throw new ConstraintLimitException($"its patterns are nested more than {MaxDepth:N0} deep");
        return _nodes[key] = new ByteRegex
        {
            Kind = key.Kind, Id = _nodes.Count, Set = key.Set, Parts = key.Parts, Min = key.Min, Max = key.Max, Automaton = key.Automaton, IsNullable = isNullable, Depth = depth,

            // A nullable language has a text.
            MayBeEmpty = mayBeEmpty && !isNullable,
        };
    }

    private static int Depth(Key key) => key.Kind switch
    {
        // What comes behind is read in the same step if it is a sequence too, and only where nothing need be before it.
        RegexKind.Concat => Math.Max(key.Parts[0].Depth + 1, !key.Parts[0].IsNullable ? 0 : key.Parts[1].Depth + (key.Parts[1].Kind == RegexKind.Concat ? 0 : 1)),
        _ => key.Parts.Length == 0 ? 0 : key.Parts.Max(part => part.Depth) + 1,
    };

    private readonly record struct Key(RegexKind Kind)
    {
        public ByteSet Set { get; init; }

        public ByteRegex[] Parts { get; init; } = [];

        public int Min { get; init; }

        public int Max { get; init; }

        public ByteAutomaton? Automaton { get; init; }
    }

    private sealed class KeyComparer : IEqualityComparer<Key>
    {
        public bool Equals(Key x, Key y)
            => x.Kind == y.Kind && x.Min == y.Min && x.Max == y.Max && x.Automaton == y.Automaton && x.Set.Equals(y.Set) && x.Parts.AsSpan().SequenceEqual(y.Parts);

        public int GetHashCode(Key key)
        {
            var hash = new HashCode();
            hash.Add((int)key.Kind);
            hash.Add(key.Min);
            hash.Add(key.Max);
            hash.Add(key.Set);
            if (key.Automaton is { } automaton) hash.Add(automaton);
            foreach (var part in key.Parts) hash.Add(part.Id);
            return hash.ToHashCode();
        }
    }
}
