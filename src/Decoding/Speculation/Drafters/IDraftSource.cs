namespace Decant.Decoding;

/// <summary>What a chain of drafted tokens is drawn from: the logits behind a text that grows token by token. Serves one caller at a time.</summary>
internal interface IDraftSource
{
    /// <summary>Reads a text as far as it has not been read.</summary>
    /// <param name="tokens">The text, the prompt included; not empty.</param>
    /// <param name="round">Counts the forwards, and says whether the budget allows them.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    /// <returns>The forward that ends with the text's last token, with logits for that; null where no token is worth drafting, or the budget is spent.</returns>
    ValueTask<ForwardResult?> ReadAsync(ReadOnlyMemory<int> tokens, DraftRound round, CancellationToken cancellationToken);

    /// <summary>The round's draft is complete, or has failed.</summary>
    void EndRound();

    /// <summary>The call ends.</summary>
    /// <param name="text">What the owner of sequences knows: they must hold nothing else.</param>
    void Close(ReadOnlySpan<int> text);
}
