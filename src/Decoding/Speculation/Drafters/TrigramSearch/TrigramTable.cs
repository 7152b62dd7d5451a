namespace Decant.Decoding;

/// <summary>
/// Which tokens follow each pair of tokens, with weights that move with what is written: the memory of <see cref="TrigramSearchOptions"/> (ADED, Liu et al. 2024). Begins empty or with
/// counts of texts (<see cref="Build"/>), learns in every call, and can be kept in a file.
/// </summary>
/// <remarks>Safe for concurrent use. Bounded: where there is no room for another pair, the quarter that was not updated for longest is forgotten.</remarks>
public sealed class TrigramTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(int First, int Second), Successors> _rows = [];
    private long _clock;

    /// <summary>Makes an empty table.</summary>
    /// <param name="vocabulary">Whose tokens it is of.</param>
    /// <param name="maxPairs">Most pairs it remembers, each of up to about 200 bytes; at least 4. Default: 262144.</param>
    public TrigramTable(VocabularyId vocabulary, int maxPairs = 1 << 18)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPairs, 4);
        (Vocabulary, MaxPairs) = (vocabulary, maxPairs);
    }

    /// <summary>Whose tokens it is of.</summary>
    public VocabularyId Vocabulary { get; }

    /// <summary>Most pairs it remembers.</summary>
    public int MaxPairs { get; }

    /// <summary>How many pairs it knows a successor of.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _rows.Count;
        }
    }

    /// <summary>The name under which a client's services hold the table that calls for a model use when they name none.</summary>
    public static string DefaultName(ModelInfo model) => $"default of {model.Name}";

    /// <summary>Makes a table of how often each token follows each pair in texts.</summary>
    /// <param name="vocabulary">Whose tokens they are.</param>
    /// <param name="texts">The texts' tokens. While they are counted, memory grows with the number of different runs of three.</param>
    /// <param name="successors">How many successors to keep of each pair; at least 1.</param>
    /// <param name="maxPairs">Most pairs to keep: the most frequent.</param>
    public static TrigramTable Build(VocabularyId vocabulary, IEnumerable<IReadOnlyList<int>> texts, int successors = 12, int maxPairs = 1 << 18)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(successors, 1);
        var counts = new Dictionary<(int, int), Dictionary<int, int>>();
        foreach (var text in texts)
        {
            for (var i = 2; i < text.Count; i++)
            {
                if (!counts.TryGetValue((text[i - 2], text[i - 1]), out var row)) counts[(text[i - 2], text[i - 1])] = row = [];
                row[text[i]] = row.GetValueOrDefault(text[i]) + 1;
            }
        }

        var table = new TrigramTable(vocabulary, maxPairs);
        foreach (var (pair, row) in counts.OrderByDescending(entry => entry.Value.Values.Sum()).ThenBy(entry => entry.Key).Take(maxPairs).Reverse())
        {
            var total = (double)row.Values.Sum();
            table.Put(pair, [.. row.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(successors).Select(entry => (entry.Key, entry.Value / total))]);
        }

        return table;
    }

    /// <summary>Reads a table that <see cref="Save(string)"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or not such a file; the message says which.</exception>
    public static TrigramTable Load(string path)
    {
        using var file = File.OpenRead(path);
        return TrigramFile.Read(file, path);
    }

    /// <inheritdoc cref="Load(string)"/>
    public static TrigramTable Load(Stream source) => TrigramFile.Read(source, "The stream");

    /// <summary>Writes the table to a file, in place of one that is there.</summary>
    public void Save(string path) => WholeFile.Write(path, Save);

    /// <summary>Writes the table.</summary>
    public void Save(Stream destination) => TrigramFile.Write(this, destination);

    /// <summary>Learns from a text: each token that follows two others becomes likelier after them.</summary>
    /// <param name="tokens">The text's tokens.</param>
    /// <param name="step">What is added to a weight; above 0.</param>
    /// <param name="cap">The largest weight.</param>
    /// <param name="kept">How many successors of a pair to remember: a new one takes the place of the one with the least weight.</param>
    public void Update(ReadOnlySpan<int> tokens, double step, double cap, int kept)
    {
        lock (_lock)
        {
            for (var i = 2; i < tokens.Length; i++)
            {
                var row = Row((tokens[i - 2], tokens[i - 1]));
                row.Raise(tokens[i], step, cap, kept);
                row.Updated = ++_clock;
            }
        }
    }

    /// <summary>Reads what follows a pair.</summary>
    /// <param name="first">The first of two tokens.</param>
    /// <param name="second">The second.</param>
    /// <param name="tokens">Receives the successors, likeliest first; as many as it has room for.</param>
    /// <param name="probabilities">Receives their probabilities, which add up to 1 over those returned. As long as <paramref name="tokens"/>.</param>
    /// <returns>How many.</returns>
    public int Read(int first, int second, Span<int> tokens, Span<double> probabilities)
    {
        lock (_lock)
        {
            if (!_rows.TryGetValue((first, second), out var row)) return 0;
            var count = Math.Min(row.Count, tokens.Length);
            var sum = 0.0;
            for (var i = 0; i < count; i++) sum += row[i].Weight;
            for (var i = 0; i < count; i++) (tokens[i], probabilities[i]) = (row[i].Token, row[i].Weight / sum);
            return count;
        }
    }

    /// <summary>Every pair with its successors' weights, those updated longest ago first.</summary>
    internal List<((int First, int Second) Pair, (int Token, double Weight)[] Row)> Snapshot()
    {
        lock (_lock) return [.. _rows.OrderBy(entry => entry.Value.Updated).Select(entry => (entry.Key, entry.Value.ToArray()))];
    }

    /// <summary>Sets a pair's successors, likeliest first.</summary>
    internal void Put((int First, int Second) pair, ReadOnlySpan<(int Token, double Weight)> row)
    {
        lock (_lock) _rows[pair] = new Successors(row) { Updated = ++_clock };
    }

    private Successors Row((int First, int Second) pair)
    {
        if (_rows.TryGetValue(pair, out var row)) return row;
        if (_rows.Count >= MaxPairs) Forget();
        return _rows[pair] = new Successors([]);
    }

    private void Forget()
    {
        foreach (var pair in _rows.OrderBy(entry => entry.Value.Updated).Take(MaxPairs / 4).Select(entry => entry.Key).ToList()) _rows.Remove(pair);
    }

    /// <summary>What follows one pair, by descending weight; of equal ones, the last updated first.</summary>
    private sealed class Successors(ReadOnlySpan<(int Token, double Weight)> row)
    {
        private (int Token, double Weight)[] _row = row.ToArray();

        public int Count { get; private set; } = row.Length;

        public long Updated { get; set; }

        public (int Token, double Weight) this[int index] => _row[index];

        public (int Token, double Weight)[] ToArray() => _row[..Count];

        public void Raise(int token, double step, double cap, int kept)
        {
            var index = 0;
            while (index < Count && _row[index].Token != token) index++;
            if (index == Count)
            {
                if (Count < kept) Append(token);
                else _row[index = Count - 1] = (token, 0);
            }

            var weight = Math.Min(cap, _row[index].Weight + step);
            for (; index > 0 && _row[index - 1].Weight <= weight; index--) _row[index] = _row[index - 1];
            _row[index] = (token, weight);
        }

        private void Append(int token)
        {
            if (Count == _row.Length) Array.Resize(ref _row, Math.Max(2, 2 * Count));
            _row[Count++] = (token, 0);
        }
    }
}
