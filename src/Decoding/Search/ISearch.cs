namespace Decant.Decoding;

/// <summary>Chooses tokens over several states. Immutable and safe for concurrent use: what a run needs is in its <see cref="SearchRun"/>.</summary>
public interface ISearch
{
    /// <summary>What else the target's forwards must return, or null. A run asks for <see cref="DecodingPlan.Taps"/>, which the contrast's belong to as well.</summary>
    Taps? Taps => null;

    /// <summary>How the rows of prompts of the search's own combine, where it has any; null: as the call's contrast says.</summary>
    ILogitPolicy? Policy => null;

    /// <summary>
    /// How many of the prompt's last tokens the search needs the final hidden states of (<see cref="SearchRun.PromptStates"/>); so many run in this request, even
    /// where an earlier one has read them.
    /// </summary>
    int PromptStates => 0;

    /// <summary>Whether the search needs to know where in the prompt the documents are (<see cref="SearchRun.ContextTokens"/>).</summary>
    bool NeedsContext => false;

    /// <summary>Whether a run may give several results (<see cref="GeneratedToken.Result"/>).</summary>
    bool GivesSeveral => false;

    /// <summary>Whether many texts are begun before the prompt has run to its end. Then only its last token is left to each of them.</summary>
    bool SharesPrompt => false;

    /// <summary>Decodes until the run ends, yielding tokens as soon as they are certain.</summary>
    /// <param name="run">The prompt has run but for its last token, as in plain decoding.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, CancellationToken cancellationToken);
}
