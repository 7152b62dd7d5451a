using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Has chat clients rewrite the last user message for the branches that read another question than the one asked.</summary>
internal sealed class QueryRewriter
{
    private const string Instruction =
        "Rewrite the user's message as one neutral question about the same facts: without suggesting an answer, without opinion, doubt or flattery. Answer with the question alone.";

    private readonly Dictionary<string, IChatClient> _clients;

    /// <summary>Finds the clients that a plan's branches name.</summary>
    /// <exception cref="ArgumentException">There is no client of that name; the message lists those there are.</exception>
    public QueryRewriter(DecodingPlan plan, DecodingServices services) => _clients = (plan.Contrast?.Branches ?? [])
        .Select(branch => branch.Prompt).OfType<BranchPrompt.RewrittenUserMessage>().Select(prompt => prompt.Rewriter).Distinct()
        .ToDictionary(name => name, name => services.Get<IChatClient>(name, "leading-query: Neutralizer"));

    /// <summary>What each client makes of a message.</summary>
    /// <exception cref="InvalidOperationException">A client answered with nothing.</exception>
    public async ValueTask<IReadOnlyDictionary<string, string>> RewriteAsync(Func<string> message, CancellationToken cancellationToken)
    {
        var rewritten = new Dictionary<string, string>();
        foreach (var (name, client) in _clients)
        {
            ChatMessage[] messages = [new(ChatRole.System, Instruction), new(ChatRole.User, message())];
            var text = (await client.GetResponseAsync(messages, new ChatOptions { Temperature = 0 }, cancellationToken).ConfigureAwait(false)).Text.Trim();
            rewritten[name] = text.Length > 0 ? text : throw new InvalidOperationException(
                $"leading-query: the chat client \"{name}\" rewrote the question to nothing. Give the question in neutral words as NeutralQuery, or name another Neutralizer.");
        }

        return rewritten;
    }
}
