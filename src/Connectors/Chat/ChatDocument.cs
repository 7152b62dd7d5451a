namespace Decant.Connectors.Chat;

/// <summary>A passage that an answer is to be grounded in; see <see cref="ChatOptionsExtensions.WithDocuments"/>.</summary>
/// <param name="Text">What it says; not empty.</param>
public sealed record ChatDocument(string Text)
{
    /// <summary>What it is called, or null. Templates that know documents may show it.</summary>
    public string? Title { get; init; }

    /// <summary>How relevant retrieval found it, larger for more relevant ones. Read by strategies that weigh documents. Default: 0.</summary>
    public double Score { get; init; }
}
