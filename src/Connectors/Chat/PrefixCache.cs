using System.Runtime.InteropServices;
using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>Keeps the sequences of finished requests so that a prompt which begins like one of them need not be read again.</summary>
/// <remarks>Safe for concurrent use. Owns the sequences it holds; a rented one belongs to the request until it is returned.</remarks>
/// <param name="model">The model whose sequences are kept.</param>
/// <param name="maxSequences">Most sequences to keep; 0 keeps none.</param>
/// <param name="maxTokens">Most tokens to keep in all of them together. Shared ones count for each: which of them share memory only the model knows.</param>
internal sealed class PrefixCache(ICausalModel model, int maxSequences, int maxTokens) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly bool _canFork = model.Info.Capabilities.HasFlag(ModelCapabilities.Fork);

    // Least recently used first.
    private readonly List<Entry> _entries = [];
    private bool _disposed;

    /// <summary>A sequence that holds as long a beginning of <paramref name="prompt"/> as is cached, at most all but its last token.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="edits">The edits that it is read with: rows read with others are another network's. Null: none.</param>
    public ISequence Rent(ReadOnlySpan<int> prompt, ValueList<ResidualEdit>? edits = null)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var (entry, shared) = FindLongest(prompt[..^1], edits ?? []);
            if (entry is null) return model.OpenSequence();

            _entries.Remove(entry);
            var sequence = entry.Sequence;

            // A prompt that goes on from the entry's own replaces it; one that only begins alike leaves it to its conversation.
            if (_canFork && shared < entry.PromptLength - 1)
            {
                sequence = entry.Sequence.Fork();
                _entries.Add(entry);
            }

            sequence.Truncate(shared);
            return sequence;
        }
    }

    /// <summary>Takes a sequence back, or disposes it where it is not worth keeping.</summary>
    /// <param name="sequence">A rented sequence.</param>
    /// <param name="tokens">The prompt and the answer; the sequence holds these or a beginning of them.</param>
    /// <param name="promptLength">How many of <paramref name="tokens"/> are prompt.</param>
    /// <param name="edits">The edits that they were read with; null: none.</param>
    public void Return(ISequence sequence, List<int> tokens, int promptLength, ValueList<ResidualEdit>? edits = null)
    {
        var held = new Entry(sequence, CollectionsMarshal.AsSpan(tokens)[..sequence.Length].ToArray(), Math.Min(promptLength, sequence.Length), edits ?? []);
        lock (_lock)
        {
            if (_disposed || held.Tokens.Length == 0 || _entries.Exists(entry => Covers(entry, held)))
            {
                sequence.Dispose();
                return;
            }

            Evict(entry => Covers(held, entry));
            _entries.Add(held);
            while (_entries.Count > maxSequences || _entries.Sum(entry => (long)entry.Tokens.Length) > maxTokens)
            {
                _entries[0].Sequence.Dispose();
                _entries.RemoveAt(0);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            Evict(_ => true);
        }
    }

    private static bool Covers(Entry longer, Entry beginning) => longer.Edits.Equals(beginning.Edits) && longer.Tokens.AsSpan().StartsWith(beginning.Tokens);

    private (Entry? Entry, int Shared) FindLongest(ReadOnlySpan<int> prompt, ValueList<ResidualEdit> edits)
    {
        var (best, longest) = ((Entry?)null, 0);
        foreach (var entry in _entries)
        {
            var shared = entry.Edits.Equals(edits) ? prompt.CommonPrefixLength(entry.Tokens) : 0;
            if (shared > longest) (best, longest) = (entry, shared);
        }

        return (best, longest);
    }

    private void Evict(Predicate<Entry> match) => _entries.RemoveAll(entry =>
    {
        if (!match(entry)) return false;
        entry.Sequence.Dispose();
        return true;
    });

    private sealed record Entry(ISequence Sequence, int[] Tokens, int PromptLength, ValueList<ResidualEdit> Edits);
}
