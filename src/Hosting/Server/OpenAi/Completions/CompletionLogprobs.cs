using System.Text;
using Decant.Connectors.Chat;

namespace Decant.Hosting.Server;

/// <summary>Turns the log-probabilities of one continuation into OpenAI's lists, piece by piece.</summary>
internal sealed class CompletionLogprobs
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private int _offset;

    /// <param name="tokens">The next tokens.</param>
    /// <returns>Null where there are none.</returns>
    public CompletionLogprobsBody? Map(IReadOnlyList<TokenLogprob> tokens)
    {
        if (tokens.Count == 0) return null;
        var top = tokens.Any(token => token.Top.Count > 0) ? tokens.Select(Top).ToList() : null;
        return new CompletionLogprobsBody([.. tokens.Select(token => token.Token)], [.. tokens.Select(token => LogprobBody.Finite(token.LogProbability))], top, [.. tokens.Select(Offset)]);
    }

    // Parts of a character have the same text, of which the likeliest stays.
    private static Dictionary<string, double> Top(TokenLogprob token)
    {
        var top = new Dictionary<string, double>();
        foreach (var other in token.Top) top.TryAdd(other.Token, LogprobBody.Finite(other.LogProbability));
        return top;
    }

    private int Offset(TokenLogprob token)
    {
        var start = _offset;
        byte[] bytes = [.. token.Bytes.Select(value => (byte)value)];
        _offset += _decoder.GetChars(bytes, new char[bytes.Length + 1], flush: false);
        return start;
    }
}
