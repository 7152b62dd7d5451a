namespace Decant.Decoding;

/// <summary>Decides which model produces each token. Immutable and safe for concurrent use; a call's state is in its <see cref="IRouteRun"/>.</summary>
public interface IRoute
{
    /// <summary>The models besides the target, by the names options use. A request brings a sequence for each (<see cref="GenerationRequest.Routes"/>), in this order.</summary>
    IReadOnlyList<string> Models { get; }

    /// <summary>Begins a call.</summary>
    /// <param name="models">The models, each with the text it reads.</param>
    IRouteRun Open(RouteModels models);
}
