using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>One message of a response as it comes in: a result of the generation.</summary>
internal sealed class AnswerMessage(AnswerReader reader)
{
    public string Id { get; } = Guid.NewGuid().ToString("N");

    public AnswerReader Reader => reader;

    /// <summary>What its search found it worth, or null.</summary>
    public double? Score { get; private set; }

    /// <summary>Takes the next token and returns what it adds; nothing any more behind a stop sequence.</summary>
    public List<AIContent> Append(GeneratedToken token)
    {
        Score = token.Score;
        return reader.FinishReason is null ? reader.Append(token) : [];
    }
}
