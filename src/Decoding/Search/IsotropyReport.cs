namespace Decant.Decoding;

/// <summary>How evenly a text's hidden states point into all directions: 1 minus the mean cosine between two of them.</summary>
/// <remarks>Near 0 all states look alike, and <see cref="ContrastiveSearchOptions"/> has nothing to tell tokens apart by; its authors ask for a value well above that.</remarks>
/// <param name="TokenCount">Tokens that were compared.</param>
/// <param name="Final">Of the states that the output head reads.</param>
/// <param name="Layers">Of the residual stream: entry 0 is the embeddings', entry i that after layer i.</param>
public sealed record IsotropyReport(int TokenCount, double Final, IReadOnlyList<double> Layers);
