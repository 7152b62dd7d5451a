namespace Decant.Decoding;

/// <summary>A route at work on one call. Serves one caller at a time.</summary>
public interface IRouteRun
{
    /// <summary>Writes the raw logits that the next token is drawn from. Called once for every token.</summary>
    /// <param name="state">The text so far. It may be committed to while drafting and is rolled back before this returns.</param>
    /// <param name="row">Receives one logit per vocabulary id.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    ValueTask<RouteChoice> NextAsync(GenerationState state, Memory<float> row, CancellationToken cancellationToken);

    /// <summary>Whether the next row has been read already, with others: a budget that is spent does not stop it.</summary>
    bool IsRead(GenerationState state) => false;
}
