namespace Decant.Decoding;

/// <summary>A search that keeps several hypotheses of the same length.</summary>
/// <param name="open">Makes what one call needs.</param>
/// <param name="results">Most texts to answer with.</param>
/// <param name="taps">What else the target's forwards must return, or null.</param>
internal sealed class BeamSearch(Func<SearchRun, BeamRun> open, int results = 1, Taps? taps = null) : ISearch
{
    public Taps? Taps => taps;

    public bool GivesSeveral => results > 1;

    public bool SharesPrompt { get; init; }

    public IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, CancellationToken cancellationToken) => open(run).RunAsync(results, cancellationToken);
}
