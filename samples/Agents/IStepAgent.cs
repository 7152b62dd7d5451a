using Decant.Connectors.Chat;

namespace Decant.Samples.Agents;

/// <summary>An agent of some framework: it asks the model and calls functions.</summary>
internal interface IStepAgent
{
    string Framework { get; }

    Task<(string Text, GenerationStatistics Statistics)> AskAsync(Step step, CancellationToken cancellationToken);

    /// <summary>Calls a function of the <c>DecodingPlugin</c>.</summary>
    /// <returns>Its result as JSON.</returns>
    Task<string> CallAsync(string function, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken);
}
