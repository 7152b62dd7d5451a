namespace Decant.Decoding;

/// <summary>
/// Guesses at the next tokens that are corrected by the model in every forward (Jacobi iteration), and the runs of tokens that their last corrections leave behind: columns are positions of
/// the text, levels are iterations. A guess of level l in column c stands l + c + 1 tokens behind the text's end, behind the first level's guesses of columns 0 … c and the column's own of levels
/// 1 … l; so all of them are one tree.
/// </summary>
/// <param name="levels">Levels that become full; a run has one token more.</param>
/// <param name="columns">Columns that remain when they are.</param>
internal sealed class LookaheadWindow(int levels, int columns)
{
    private readonly List<int[]> _levels = [];
    private readonly List<int[]> _nodes = [];
    private readonly int[] _run = new int[levels + 1];

    /// <summary>Begins with guesses of any kind for <see cref="FirstColumns"/> positions.</summary>
    public void Begin(int[] guesses)
    {
        _levels.Clear();
        _levels.Add(guesses);
    }

    /// <summary>How many guesses it begins with: each forward until all levels are full costs one.</summary>
    public int FirstColumns => columns + levels - 1;

    /// <summary>The guesses, by level.</summary>
    public IReadOnlyList<int[]> Levels => _levels;

    /// <summary>Adds the guesses to a round's draft, as far as it has room; a guess that is there already is used again.</summary>
    public void Draft(DraftRound round, int room, string name)
    {
        _nodes.Clear();
        foreach (var level in _levels) _nodes.Add(new int[level.Length]);
        var above = round.Root;
        for (var column = 0; column < _levels[0].Length; column++)
        {
            var parent = above;
            for (var level = 0; level < _levels.Count; level++)
            {
                parent = Place(round, parent, _levels[level][column], room, name);
                _nodes[level][column] = parent;
                if (level == 0) above = parent;
            }
        }
    }

    /// <summary>Learns what the model writes behind the guesses of the last level.</summary>
    /// <param name="step">The forward that ran the draft.</param>
    /// <param name="pool">Receives the runs that are complete.</param>
    public void Correct(BranchStep step, NgramPool pool)
    {
        var last = _levels[^1];
        var corrected = new int[last.Length];
        var full = _levels.Count == levels;
        for (var column = 0; column < corrected.Length; column++)
        {
            var node = _nodes[^1][column];

            // What had no room keeps its guess.
            corrected[column] = node < 0 ? last[column] : RowScan.IndexOfMax(step.Rows(node + 1).Main);
            if (!full || node < 0) continue;
            for (var level = 0; level < levels; level++) _run[level] = _levels[level][column];
            _run[levels] = corrected[column];
            pool.Add(_run);
        }

        // The text has grown by a token: what stood behind its end stands at it.
        _levels.Add(corrected);
        if (full) _levels.RemoveAt(0);
        else for (var level = 0; level < _levels.Count; level++) _levels[level] = _levels[level][1..];
    }

    // −1 at the root means a place, so what has none is lower.
    private static int Place(DraftRound round, int parent, int token, int room, string name)
    {
        const int Nowhere = DraftTree.Root - 1;
        if (parent == Nowhere) return Nowhere;
        if (parent != round.Root && round.Limits.IsEnd(round.Tree.Tokens[parent])) return Nowhere;
        if (round.Tree.Depth(parent) - round.Tree.Depth(round.Root) == round.MaxDepth) return Nowhere;
        if (round.Tree.Find(parent, token) is var known && known >= 0) return known;
        return round.Tree.Count < room ? round.Tree.Add(parent, token, name) : Nowhere;
    }
}
