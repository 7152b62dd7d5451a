namespace Decant.Decoding;

/// <summary>A route at work on one call. Serves one caller at a time.</summary>
public interface IRouteRun
{
    /// <summary>Writes the raw logits that the next token is drawn from. Called once for every token.</summary>
    /// <param name="state">The text so far; read, not changed.</param>
    /// <param name="row">Receives one logit per vocabulary id.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    ValueTask<RouteChoice> NextAsync(GenerationState state, Memory<float> row, CancellationToken cancellationToken);
}
