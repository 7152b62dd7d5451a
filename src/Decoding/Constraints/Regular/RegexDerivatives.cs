namespace Decant.Decoding;

/// <summary>What is left of a language after a byte (Brzozowski, 1964), and whether anything is. Serves one caller at a time, as its pool does.</summary>
internal sealed class RegexDerivatives(RegexPool pool)
{
    /// <summary>How many states are looked at to find out whether a language has texts, unless told otherwise.</summary>
    public const int MaxSearched = 200_000;

    // Seconds. What is left of many parts that may be empty is as many ways again, for each byte.
    private const int MaxWork = 20_000_000;
    private ByteClasses? _classes;
    private (int Sets, bool HasAutomata) _known;
    private int _work;

    /// <summary>The bytes that nodes tell apart.</summary>
    public ByteClasses Classes
    {
        get
        {
            var now = (pool.Sets.Count, pool.HasAutomata);
            if (_classes is not null && _known == now) return _classes;
            _known = now;
            return _classes = new ByteClasses(pool);
        }
    }

    /// <summary>The texts of <paramref name="node"/> that begin with a byte, without it.</summary>
    /// <exception cref="ConstraintLimitException">There are too many ways to read the byte.</exception>
    public ByteRegex Derive(ByteRegex node, byte value)
    {
        _work = 0;
        return Rest(node, value);
    }

    /// <summary>Whether a language has no text.</summary>
    /// <exception cref="ConstraintLimitException">It takes too long to find out.</exception>
    public bool IsEmpty(ByteRegex node, int maxSearched = MaxSearched)
    {
        if (!node.MayBeEmpty) return node.Kind == RegexKind.Nothing;
        return node.KnownEmpty ??= Search(node, maxSearched);
    }

    private ByteRegex Rest(ByteRegex node, byte value)
    {
        if (++_work > MaxWork) throw new ConstraintLimitException($"one byte can be read in more than {MaxWork:N0} ways");
        switch (node.Kind)
        {
            case RegexKind.Nothing or RegexKind.Empty:
                return pool.Nothing;
            case RegexKind.Bytes:
                return node.Set.Contains(value) ? pool.Empty : pool.Nothing;
        }

        var classes = Classes;
        if (node.DerivedFor != classes) (node.DerivedFor, node.Derived) = (classes, new ByteRegex?[classes.Count]);
        return node.Derived[classes[value]] ??= Make(node, value);
    }

    private ByteRegex Make(ByteRegex node, byte value)
    {
        switch (node.Kind)
        {
            case RegexKind.Concat:
                return DeriveConcat(node, value);
            case RegexKind.Or:
                return DeriveOr(node.Parts, value);
            case RegexKind.And:
                return DeriveAnd(node.Parts, value);
            case RegexKind.Not:
                return pool.Not(Rest(node.Parts[0], value));
            case RegexKind.Repeat:
                var rest = Rest(node.Parts[0], value);
                return rest.Kind == RegexKind.Nothing
                    ? rest
                    : pool.Concat(rest, pool.Repeat(node.Parts[0], Math.Max(0, node.Min - 1), node.Max == int.MaxValue ? null : node.Max - 1));
            default:
                var next = node.Automaton!.Next(node.Min, value);
                return next < 0 ? pool.Nothing : pool.Automaton(node.Automaton, next);
        }
    }

    // A chain of parts that may be empty is as long as a pattern: no recursion along it.
    private ByteRegex DeriveConcat(ByteRegex node, byte value)
    {
        var ways = new List<ByteRegex>();
        while (true)
        {
            var isLast = node.Kind != RegexKind.Concat;
            var head = Rest(isLast ? node : node.Parts[0], value);
            if (head.Kind != RegexKind.Nothing) ways.Add(isLast ? head : pool.Concat(head, node.Parts[1]));
            if (isLast || !node.Parts[0].IsNullable) break;
            node = node.Parts[1];
        }

        return pool.Or([.. ways]);
    }

    // Mostly one of them goes on.
    private ByteRegex DeriveOr(ByteRegex[] parts, byte value)
    {
        var ways = new List<ByteRegex>();
        foreach (var part in parts)
        {
            var rest = Rest(part, value);
            if (rest.Kind != RegexKind.Nothing) ways.Add(rest);
        }

        return pool.Or([.. ways]);
    }

    private ByteRegex DeriveAnd(ByteRegex[] parts, byte value)
    {
        var rests = new ByteRegex[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            rests[i] = Rest(parts[i], value);
            if (rests[i].Kind == RegexKind.Nothing) return rests[i];
        }

        return pool.And(rests);
    }

    // Breadth first, for what has texts mostly has a short one.
    private bool Search(ByteRegex start, int maxSearched)
    {
        var from = new Dictionary<ByteRegex, ByteRegex?> { [start] = null };
        var queue = new Queue<ByteRegex>([start]);
        while (queue.TryDequeue(out var node))
        {
            foreach (var value in Classes.Representatives)
            {
                var next = Derive(node, value);
                if (next.IsNullable || next.KnownEmpty == false || (!next.MayBeEmpty && next.Kind != RegexKind.Nothing))
                {
                    for (var path = node; path is not null; path = from[path]) path.KnownEmpty = false;
                    return false;
                }

                if (next.Kind == RegexKind.Nothing || next.KnownEmpty == true || !from.TryAdd(next, node)) continue;
                if (from.Count > maxSearched) throw new ConstraintLimitException($"whether its patterns exclude each other takes more than {maxSearched:N0} states to find out");
                queue.Enqueue(next);
            }
        }

        foreach (var node in from.Keys) node.KnownEmpty = true;
        return true;
    }
}
