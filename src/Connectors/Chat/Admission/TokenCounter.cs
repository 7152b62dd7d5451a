using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>The tokens of a client's calls. Safe for concurrent use.</summary>
internal sealed class TokenCounter
{
    private long _prompt;
    private long _cached;
    private long _output;
    private long _drafted;
    private long _accepted;

    /// <summary>A token was generated.</summary>
    public void AddOutput() => Interlocked.Increment(ref _output);

    /// <summary>A call has ended.</summary>
    public void Add(int prompt, int cached, SpeculationCounter speculation)
    {
        Interlocked.Add(ref _prompt, prompt);
        Interlocked.Add(ref _cached, cached);
        Interlocked.Add(ref _drafted, speculation.Drafted);
        Interlocked.Add(ref _accepted, speculation.Accepted);
    }

    /// <summary>A load with these counts.</summary>
    public ClientLoad Fill(ClientLoad load) => load with
    {
        PromptTokens = Interlocked.Read(ref _prompt),
        CachedPromptTokens = Interlocked.Read(ref _cached),
        OutputTokens = Interlocked.Read(ref _output),
        DraftedTokens = Interlocked.Read(ref _drafted),
        AcceptedDraftTokens = Interlocked.Read(ref _accepted),
    };
}
