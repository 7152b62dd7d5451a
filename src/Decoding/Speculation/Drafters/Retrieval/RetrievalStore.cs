using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;

namespace Decant.Decoding;

/// <summary>Texts as tokens with an index of all their suffixes, in a file that is read where it lies: what <see cref="RetrievalOptions"/> copies from.</summary>
/// <remarks>
/// Safe for concurrent use; memory is the operating system's page cache. The file, little-endian: mark, version, vocabulary's size and checksum, number of tokens, number of suffixes, a
/// SHA-256 of these and of all that follows; the tokens, −1 behind each text; where the suffixes begin, in ascending order.
/// </remarks>
public sealed class RetrievalStore : IDisposable
{
    internal const ulong Mark = 0x4552_4F54_5344_4344; // "DCDSTORE"
    internal const int Version = 1;
    internal const int HashOffset = 32;
    internal const int HeaderSize = HashOffset + SHA256.HashSizeInBytes;
    internal const int Separator = -1;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly int _suffixCount;

    private RetrievalStore(MemoryMappedFile file, MemoryMappedViewAccessor view)
    {
        (_file, _view) = (file, view);
        Vocabulary = new VocabularyId(view.ReadInt32(12), view.ReadUInt64(16));
        (Count, _suffixCount) = (view.ReadInt32(24), view.ReadInt32(28));
    }

    /// <summary>Whose tokens it is of.</summary>
    public VocabularyId Vocabulary { get; }

    /// <summary>Number of tokens, with one more for every text.</summary>
    public int Count { get; }

    /// <summary>Number of texts.</summary>
    public int TextCount => Count - _suffixCount;

    /// <summary>Number of tokens of all texts.</summary>
    public int TokenCount => _suffixCount;

    /// <summary>Opens a file that <see cref="RetrievalStoreBuilder"/> wrote.</summary>
    /// <param name="path">The file; it must stay as it is while it is open.</param>
    /// <param name="verify">Whether to read all of it once and compare its checksum: about a second per gigabyte. Default: true.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged, or not such a file; the message says which.</exception>
    public static RetrievalStore Open(string path, bool verify = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) throw new InvalidDataException($"{path} is a folder. Name the file that RetrievalStoreBuilder wrote.");
        var length = new FileInfo(path).Length;
        if (length < HeaderSize) throw new InvalidDataException($"{path} is not a store of texts: it is shorter than a header. Build one with RetrievalStoreBuilder.");
        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        var view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        var store = new RetrievalStore(file, view);
        try
        {
            store.Check(path, length, verify);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The store that options name.</summary>
    /// <param name="name">Its name among the plan's services.</param>
    /// <param name="asker">Who asks, for errors: a strategy's kind and member.</param>
    /// <param name="context">The plan's.</param>
    /// <exception cref="ArgumentException">There is none of that name, or it is of another vocabulary.</exception>
    internal static RetrievalStore Named(string name, string asker, PlanContext context)
    {
        var store = context.Services.Get<RetrievalStore>(name, asker);
        var vocabulary = VocabularyId.Of(context.Vocabulary);
        return store.Vocabulary == vocabulary
            ? store
            : throw new ArgumentException($"{asker} \"{name}\" is of another vocabulary ({store.Vocabulary.Count} tokens) than the model's ({vocabulary.Count} tokens). Build it with this model's tokenizer.");
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>Finds a run of tokens.</summary>
    /// <param name="run">The run; not empty.</param>
    /// <returns>The suffixes that begin with it: the first, and how many.</returns>
    internal (int First, int Count) Find(ReadOnlySpan<int> run)
    {
        var first = Bound(run, afterEqual: false);
        return (first, Bound(run, afterEqual: true) - first);
    }

    /// <summary>Reads what a suffix has behind its first tokens, up to the end of its text.</summary>
    /// <param name="suffix">Which suffix.</param>
    /// <param name="skipped">How many tokens to skip.</param>
    /// <param name="destination">Receives the tokens.</param>
    /// <returns>How many were read.</returns>
    internal int Read(int suffix, int skipped, Span<int> destination)
    {
        var start = Suffix(suffix) + skipped;
        var count = 0;
        while (count < destination.Length && start + count < Count && Token(start + count) is var token && token != Separator) destination[count++] = token;
        return count;
    }

    private int Bound(ReadOnlySpan<int> run, bool afterEqual)
    {
        var (low, high) = (0, _suffixCount);
        while (low < high)
        {
            var middle = low + ((high - low) >> 1);
            var order = Compare(Suffix(middle), run);
            if (order < 0 || (order == 0 && afterEqual)) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    // 0 where the suffix begins with the run.
    private int Compare(int start, ReadOnlySpan<int> run)
    {
        for (var i = 0; i < run.Length; i++)
        {
            var token = start + i < Count ? Token(start + i) : Separator;
            if (token != run[i]) return token.CompareTo(run[i]);
        }

        return 0;
    }

    private int Token(int index) => _view.ReadInt32(HeaderSize + (sizeof(int) * (long)index));

    private int Suffix(int index) => _view.ReadInt32(HeaderSize + (sizeof(int) * ((long)Count + index)));

    private void Check(string path, long length, bool verify)
    {
        if (_view.ReadUInt64(0) != Mark) throw new InvalidDataException($"{path} is not a store of texts. Build one with RetrievalStoreBuilder.");
        if (_view.ReadInt32(8) is var version && version != Version) throw new InvalidDataException($"{path} is a store of version {version}; this library reads version {Version}. Build it anew.");
        if (Count < 0 || _suffixCount < 0 || _suffixCount > Count || length != HeaderSize + (sizeof(int) * ((long)Count + _suffixCount)))
            throw new InvalidDataException($"{path} is damaged: it has {length} bytes, but its header says {Count} tokens and {_suffixCount} suffixes. Use another copy, or build it anew.");
        if (!verify) return;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        for (long at = 0; at < length;)
        {
            var end = at < HashOffset ? HashOffset : length;
            var read = _view.ReadArray(at, buffer, 0, (int)Math.Min(buffer.Length, end - at));
            hash.AppendData(buffer.AsSpan(0, read));
            at += read;
            if (at == HashOffset) at = HeaderSize;
        }

        var stored = new byte[SHA256.HashSizeInBytes];
        _view.ReadArray(HashOffset, stored, 0, stored.Length);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(stored)) throw new InvalidDataException($"{path} is damaged: its checksum does not match. Use another copy, or build it anew.");
    }
}
