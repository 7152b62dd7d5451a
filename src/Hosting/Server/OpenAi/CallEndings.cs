using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Remembers what the messages of streamed calls end with: all that is left of them when the call is over.</summary>
internal sealed class CallEndings
{
    private readonly Dictionary<int, List<ChatResponseUpdate>> _endings = [];

    /// <summary>Takes an update; of each message the last that says more than text is kept.</summary>
    public void Add(int call, ChatResponseUpdate update)
    {
        if (update.AdditionalProperties is null && update.FinishReason is null) return;
        if (!_endings.TryGetValue(call, out var endings)) _endings[call] = endings = [];
        endings.RemoveAll(earlier => earlier.MessageId == update.MessageId);
        endings.Add(update);
    }

    /// <summary>One update for each message of a call, in their order.</summary>
    public IReadOnlyList<ChatResponseUpdate> Of(int call) => _endings[call];
}
