namespace Decant.Decoding;

/// <summary>How likely a corpus finds a token behind a text: Σ λₙ Pₙ(token | last n tokens), counted in the corpus. Serves one caller at a time.</summary>
/// <remarks>Of an end of the text that nothing follows in the corpus, the term is left out and its weight lost, as in the authors' code: the weights of what is left are not raised.</remarks>
/// <param name="store">The corpus.</param>
/// <param name="weights">λ₁, λ₂, …</param>
internal sealed class NgramScore(RetrievalStore store, ValueList<double> weights)
{
    // The text's last tokens and a place for the one behind them.
    private readonly int[] _run = new int[weights.Count + 1];
    private readonly int[] _continued = new int[weights.Count];

    /// <summary>Reads the text.</summary>
    public void Read(ReadOnlySpan<int> text)
    {
        var longest = Math.Min(weights.Count, text.Length);
        text[^longest..].CopyTo(_run.AsSpan(weights.Count - longest));
        Array.Clear(_continued);
        for (var n = 1; n <= longest; n++)
        {
            var count = store.Find(_run.AsSpan(weights.Count - n, n)).Count;

            // A longer end occurs no more often.
            if (count == 0) return;
            _continued[n - 1] = count - Count(RetrievalStore.Separator, n);
        }
    }

    /// <summary>The token's interpolated probability; 0 where the corpus has it behind none of the text's ends.</summary>
    public double Of(int token)
    {
        var sum = 0.0;
        for (var n = 1; n <= weights.Count && _continued[n - 1] > 0; n++) sum += weights[n - 1] * Count(token, n) / _continued[n - 1];
        return sum;
    }

    private int Count(int token, int n)
    {
        _run[^1] = token;
        return store.Find(_run.AsSpan(weights.Count - n, n + 1)).Count;
    }
}
