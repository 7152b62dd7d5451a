namespace Decant.Decoding;

/// <summary>Sorts the suffixes of a text by prefix doubling (Manber and Myers 1990) with counting sorts: time n log(longest repeat), 16 bytes per token.</summary>
internal static class SuffixSorter
{
    /// <summary>Where suffixes begin, in ascending order.</summary>
    /// <param name="tokens">Texts one after the other, each followed by a negative number: no suffix is compared beyond one. Not changed.</param>
    /// <param name="progress">Is told which part of the suffixes has its place.</param>
    /// <param name="cancellationToken">Checked between rounds.</param>
    public static int[] Sort(ReadOnlySpan<int> tokens, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var count = tokens.Length;
        var order = new int[count];
        var (ranks, next, starts) = (new int[count], new int[count], new int[count + 1]);
        var keys = new int[count];

        // Every end of a text has a rank of its own, so texts that are equal part there.
        for (var i = 0; i < count; i++) (order[i], keys[i]) = (i, tokens[i] < 0 ? int.MinValue + i : tokens[i]);
        Array.Sort(keys, order);
        var distinct = 0;
        for (var i = 0; i < count; i++)
        {
            if (i > 0 && keys[i] != keys[i - 1]) distinct++;
            ranks[order[i]] = distinct;
        }

        for (var length = 1; distinct < count - 1; length *= 2)
        {
            cancellationToken.ThrowIfCancellationRequested();
            distinct = Double(order, ref ranks, ref next, starts, length);
            progress?.Report((distinct + 1.0) / count);
        }

        return order;
    }

    // Suffixes are sorted by their first tokens, so many as length says; then they are by twice as many. Returns the highest rank.
    private static int Double(int[] order, ref int[] ranks, ref int[] next, int[] starts, int length)
    {
        var count = order.Length;

        // By the second half: where the first half is cut off comes first.
        var at = 0;
        for (var i = Math.Max(0, count - length); i < count; i++) next[at++] = i;
        foreach (var suffix in order)
        {
            if (suffix >= length) next[at++] = suffix - length;
        }

        // By the first half, in the order that the second halves have.
        Array.Clear(starts);
        foreach (var rank in ranks) starts[rank + 1]++;
        for (var i = 0; i < count; i++) starts[i + 1] += starts[i];
        foreach (var suffix in next) order[starts[ranks[suffix]]++] = suffix;

        var highest = 0;
        next[order[0]] = 0;
        for (var i = 1; i < count; i++)
        {
            var (before, here) = (order[i - 1], order[i]);
            if (ranks[before] != ranks[here] || Second(ranks, before, length) != Second(ranks, here, length)) highest++;
            next[here] = highest;
        }

        (ranks, next) = (next, ranks);
        return highest;
    }

    private static int Second(int[] ranks, int suffix, int length) => suffix + length < ranks.Length ? ranks[suffix + length] : -1;
}
