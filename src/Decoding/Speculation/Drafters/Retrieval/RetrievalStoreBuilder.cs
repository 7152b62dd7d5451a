using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Decant.Decoding;

/// <summary>Builds a <see cref="RetrievalStore"/> from texts.</summary>
/// <remarks>Serves one caller at a time. Takes 24 bytes of memory per token while it writes.</remarks>
public sealed class RetrievalStoreBuilder
{
    private readonly List<int> _tokens = [];
    private readonly VocabularyId _vocabulary;
    private readonly int _maxTokens;
    private int _texts;

    /// <summary>Begins a store.</summary>
    /// <param name="vocabulary">Whose tokens it is of.</param>
    /// <param name="maxTokens">Most tokens it may have, with one more for every text; each takes 8 bytes of the file. 1 … 500 million. Default: 100 million.</param>
    public RetrievalStoreBuilder(VocabularyId vocabulary, int maxTokens = 100_000_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxTokens, 500_000_000);
        (_vocabulary, _maxTokens) = (vocabulary, maxTokens);
    }

    /// <summary>Tokens so far, with one more for every text.</summary>
    public int Count => _tokens.Count;

    /// <summary>Adds a text. Nothing that is drafted goes on from one text into the next.</summary>
    /// <exception cref="ArgumentException">It has a token that the vocabulary has not.</exception>
    /// <exception cref="InvalidOperationException">The store would have too many tokens; the text was not added.</exception>
    public void Add(ReadOnlySpan<int> text)
    {
        foreach (var token in text)
        {
            if ((uint)token >= (uint)_vocabulary.Count) throw new ArgumentException($"The text has the token {token}, but the vocabulary has {_vocabulary.Count}.", nameof(text));
        }

        if (_tokens.Count + text.Length + 1L > _maxTokens)
            throw new InvalidOperationException($"With this text the store would have more than {_maxTokens} tokens. Allow more, or leave texts out.");
        _tokens.AddRange(text);
        _tokens.Add(RetrievalStore.Separator);
        _texts++;
    }

    /// <summary>Writes the store to a file, in place of one that is there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Is told how much has been sorted, from 0 to 1.</param>
    /// <param name="cancellationToken">Checked while sorting.</param>
    public void Write(string path, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        var tokens = CollectionsMarshal.AsSpan(_tokens);
        var suffixes = SuffixSorter.Sort(tokens, progress, cancellationToken);
        var header = new byte[RetrievalStore.HeaderSize];
        using (var writer = new BinaryWriter(new MemoryStream(header)))
        {
            writer.Write(RetrievalStore.Mark);
            writer.Write(RetrievalStore.Version);
            writer.Write(_vocabulary.Count);
            writer.Write(_vocabulary.Checksum);
            writer.Write(tokens.Length);

            // The ends of texts sort first, and nothing is looked up there.
            writer.Write(tokens.Length - _texts);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header.AsSpan(0, RetrievalStore.HashOffset));
        hash.AppendData(MemoryMarshal.AsBytes(tokens));
        hash.AppendData(MemoryMarshal.AsBytes(suffixes.AsSpan(_texts)));
        hash.GetHashAndReset().CopyTo(header.AsSpan(RetrievalStore.HashOffset));
        WholeFile.Write(path, file =>
        {
            file.Write(header);
            file.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_tokens)));
            file.Write(MemoryMarshal.AsBytes(suffixes.AsSpan(_texts)));
        });
        progress?.Report(1);
    }
}
