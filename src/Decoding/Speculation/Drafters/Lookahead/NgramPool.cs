namespace Decant.Decoding;

/// <summary>Runs of tokens by their first token: of each, those that were seen last.</summary>
/// <param name="length">Tokens of a run, the first included; at least 2.</param>
/// <param name="kept">How many runs to keep of each first token; at least 1.</param>
internal sealed class NgramPool(int length, int kept)
{
    private readonly Dictionary<int, List<int[]>> _runs = [];

    /// <summary>Remembers a run as the last seen.</summary>
    public void Add(ReadOnlySpan<int> run)
    {
        if (!_runs.TryGetValue(run[0], out var runs)) _runs[run[0]] = runs = [];
        var rest = run[1..length];
        var known = 0;
        while (known < runs.Count && !rest.SequenceEqual(runs[known])) known++;
        var tokens = known < runs.Count ? runs[known] : rest.ToArray();
        if (known < runs.Count) runs.RemoveAt(known);
        else if (runs.Count == kept) runs.RemoveAt(0);
        runs.Add(tokens);
    }

    /// <summary>What followed a token, without that token: the run seen last at the end.</summary>
    public IReadOnlyList<int[]> Behind(int token) => _runs.TryGetValue(token, out var runs) ? runs : [];
}
