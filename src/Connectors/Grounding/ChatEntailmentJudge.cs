using Microsoft.Extensions.AI;

namespace Decant.Connectors.Grounding;

/// <summary>Asks a chat model whether one text follows from another. As good as that model; a very small one is no judge.</summary>
public sealed class ChatEntailmentJudge : IEntailmentJudge
{
    private readonly IChatClient _client;

    /// <summary>Creates the judge.</summary>
    /// <param name="client">The model to ask; the caller keeps it.</param>
    public ChatEntailmentJudge(IChatClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
    }

    /// <inheritdoc/>
    public bool IsApproximate => false;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The model answers with neither yes nor no.</exception>
    public async ValueTask<bool> EntailsAsync(string question, string premise, string hypothesis, CancellationToken cancellationToken = default)
    {
        var about = question.Length > 0 ? $"Question: {question}\n" : "";
        var response = await _client.GetResponseAsync(
            $"{about}Text 1: {premise}\nText 2: {hypothesis}\n\nIf text 1 is true, must text 2 be true as well? Answer with yes or no only.",
            new ChatOptions { Temperature = 0 }, cancellationToken).ConfigureAwait(false);
        return NormalizedMatch.Words(response.Text).FirstOrDefault() switch
        {
            "yes" => true,
            "no" => false,
            _ => throw new InvalidOperationException($"The judge must answer yes or no, but said: \"{response.Text}\". Use a model that follows instructions."),
        };
    }
}
