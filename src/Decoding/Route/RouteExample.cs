namespace Decant.Decoding;

/// <summary>A token for which two models were asked.</summary>
/// <param name="Top">The small model's largest probabilities, in descending order; <see cref="CollaborationOptions.Features"/> of them.</param>
/// <param name="Differs">Whether the models found different tokens likeliest.</param>
public sealed record RouteExample(ValueList<double> Top, bool Differs);
