using System.Collections;

namespace Decant.Tests.Conformance;

/// <summary>A sequence that throws when it is enumerated a second time.</summary>
internal sealed class EnumeratedOnce<T>(IEnumerable<T> items) : IEnumerable<T>
{
    private IEnumerable<T>? _items = items;

    public IEnumerator<T> GetEnumerator()
        => (Interlocked.Exchange(ref _items, null) ?? throw new InvalidOperationException("Enumerated twice.")).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
