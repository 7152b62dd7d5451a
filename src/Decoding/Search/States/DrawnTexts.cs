namespace Decant.Decoding;

/// <summary>Whole texts of a call, drawn side by side; the first is the text of plain decoding. Frees them when disposed.</summary>
internal sealed class DrawnTexts : IDisposable
{
    private readonly List<Hypothesis> _all;

    private DrawnTexts(List<Hypothesis> all) => _all = all;

    /// <summary>Those that constraints left a way for, in the order of their noises; at least one.</summary>
    public List<Hypothesis> Written { get; private set; } = [];

    /// <summary>Those of them that were not cut off; where all were, all.</summary>
    public List<Hypothesis> Whole => Written.Exists(text => text.IsComplete) ? Written.FindAll(text => text.IsComplete) : Written;

    /// <summary>Draws texts to their ends.</summary>
    /// <param name="run">The run; text i draws with noise i made from its own.</param>
    /// <param name="count">How many.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    /// <exception cref="NoTokenAllowedException">Constraints left no way for any of them.</exception>
    public static async ValueTask<DrawnTexts> DrawAsync(SearchRun run, int count, CancellationToken cancellationToken)
    {
        var drawn = new DrawnTexts([.. Enumerable.Range(0, count).Select(index => Hypothesis.Of(run, index))]);
        try
        {
            await new HypothesisBatch(run).ExtendAsync(drawn._all, int.MaxValue, cancellationToken).ConfigureAwait(false);
            drawn.Written = drawn._all.FindAll(text => text.DeadEnd is null);
            return drawn.Written.Count > 0 ? drawn : throw drawn._all[0].DeadEnd!;
        }
        catch
        {
            drawn.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var text in _all) text.Dispose();
    }
}
