namespace Decant.Decoding;

/// <summary>The rows of one forward of a <see cref="BranchSet"/>. Dispose it in the same step.</summary>
public sealed class BranchStep : IDisposable
{
    private readonly ForwardResult?[] _results;
    private readonly BranchRow[] _rows;

    internal BranchStep(int branches) => (_results, _rows) = (new ForwardResult?[branches], new BranchRow[branches]);

    /// <summary>The target's forward.</summary>
    public ForwardResult Target => _results[0]!;

    /// <summary>Whether branches stayed behind.</summary>
    public bool Settled => Array.IndexOf(_results, null) >= 0;

    /// <summary>The rows of one position, to be used before the next call.</summary>
    /// <param name="row">Which of the rows asked for, from 0.</param>
    public BranchRows Rows(int row = 0)
    {
        for (var i = 0; i < _results.Length; i++)
        {
            if (_results[i] is not { } result) return new BranchRows(_rows.AsSpan(0, 1));

            _rows[i] = new BranchRow(result, row);
        }

        return new BranchRows(_rows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var result in _results) result?.Dispose();
        Array.Clear(_results);
    }

    internal void Set(int branch, ForwardResult result) => _results[branch] = result;
}
