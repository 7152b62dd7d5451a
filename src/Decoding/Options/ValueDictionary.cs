using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Decant.Decoding;

/// <summary>An immutable dictionary that is equal to another by its entries, so that records which hold one are equal by value. Entries come in the order of their keys. A <c>Dictionary</c> converts to it.</summary>
public sealed class ValueDictionary<TKey, TValue> : IReadOnlyDictionary<TKey, TValue>, IEquatable<ValueDictionary<TKey, TValue>>
    where TKey : notnull
{
    private readonly SortedDictionary<TKey, TValue> _entries;

    /// <summary>A dictionary of copies of the entries; the last one counts where a key comes twice.</summary>
    public ValueDictionary(IEnumerable<KeyValuePair<TKey, TValue>> entries)
    {
        // A culture must not decide in which order texts are written.
        _entries = new SortedDictionary<TKey, TValue>(StringComparer.Ordinal as IComparer<TKey>);
        foreach (var (key, value) in entries) _entries[key] = value;
    }

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public IEnumerable<TKey> Keys => _entries.Keys;

    /// <inheritdoc/>
    public IEnumerable<TValue> Values => _entries.Values;

    /// <inheritdoc/>
    public TValue this[TKey key] => _entries[key];

    /// <summary>A dictionary of copies of the entries.</summary>
    public static implicit operator ValueDictionary<TKey, TValue>(Dictionary<TKey, TValue> entries) => new(entries);

    /// <inheritdoc/>
    public bool ContainsKey(TKey key) => _entries.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(TKey key, [MaybeNullWhen(false)] out TValue value) => _entries.TryGetValue(key, out value);

    /// <inheritdoc/>
    public bool Equals(ValueDictionary<TKey, TValue>? other) => other is not null && _entries.SequenceEqual(other._entries);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ValueDictionary<TKey, TValue>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (key, value) in _entries)
        {
            hash.Add(key);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{{{string.Join(", ", _entries.Select(entry => $"{entry.Key}: {entry.Value}"))}}}";

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _entries.GetEnumerator();
}
