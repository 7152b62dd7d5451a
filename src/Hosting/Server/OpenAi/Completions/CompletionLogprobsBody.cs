namespace Decant.Hosting.Server;

/// <summary>OpenAI's <c>logprobs</c> of plain completions: one entry per token in each list.</summary>
/// <param name="Tokens">Their texts.</param>
/// <param name="TokenLogprobs">How likely they were.</param>
/// <param name="TopLogprobs">The likeliest tokens at their places; null where none were asked for.</param>
/// <param name="TextOffset">Where in the text they begin, in UTF-16 units.</param>
internal sealed record CompletionLogprobsBody(
    IReadOnlyList<string> Tokens, IReadOnlyList<double> TokenLogprobs, IReadOnlyList<IReadOnlyDictionary<string, double>>? TopLogprobs, IReadOnlyList<int> TextOffset);
