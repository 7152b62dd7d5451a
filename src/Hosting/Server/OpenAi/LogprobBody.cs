using Decant.Connectors.Chat;

namespace Decant.Hosting.Server;

/// <summary>OpenAI's log-probability of a token.</summary>
internal sealed record LogprobBody(string Token, double Logprob, IReadOnlyList<int> Bytes, IReadOnlyList<LogprobBody>? TopLogprobs)
{
    // JSON has no infinity; this is OpenAI's number for the impossible.
    private const double Impossible = -9999;

    public static LogprobBody Of(TokenLogprob token) => new(token.Token, Finite(token.LogProbability), token.Bytes, [.. token.Top.Select(top => new LogprobBody(top.Token, Finite(top.LogProbability), top.Bytes, null))]);

    public static double Finite(double logprob) => Math.Max(logprob, Impossible);
}
