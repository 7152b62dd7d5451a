namespace Decant.Connectors.SemanticKernel;

/// <summary>Says how good each of several answers to a question is, larger for better ones.</summary>
/// <param name="question">The question.</param>
/// <param name="candidates">The answers; at least one, none empty.</param>
/// <param name="cancellationToken">Stops the work.</param>
/// <returns>One finite score for each candidate, in their order.</returns>
public delegate Task<IReadOnlyList<double>> CandidateScorer(string question, IReadOnlyList<string> candidates, CancellationToken cancellationToken);
