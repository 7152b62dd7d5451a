namespace Decant.Decoding;

/// <summary>Chooses tokens over several states. Immutable and safe for concurrent use: what a run needs is in its <see cref="SearchRun"/>.</summary>
public interface ISearch
{
    /// <summary>What else the target's forwards must return, or null.</summary>
    Taps? Taps => null;

    /// <summary>Decodes until the run ends, yielding tokens as soon as they are certain.</summary>
    /// <param name="run">The prompt has run but for its last token, as in plain decoding.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, CancellationToken cancellationToken);
}
