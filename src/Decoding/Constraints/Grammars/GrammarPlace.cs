namespace Decant.Decoding;

/// <summary>A place in a text between two tokens: all ways to read what is before it. A <see cref="CompiledGrammar"/> makes each only once.</summary>
internal sealed class GrammarPlace(int id, GrammarThread[] threads, GrammarRow? boundary)
{
    /// <summary>Its number, in the order of making.</summary>
    public int Id => id;

    /// <summary>The ways that go on.</summary>
    public GrammarThread[] Threads => threads;

    /// <summary>The row of terminals that end here, or null.</summary>
    public GrammarRow? Boundary => boundary;

    /// <summary>Whether the text may end here.</summary>
    public bool Accepts => boundary?.Accepts == true;

    /// <summary>The tokens that are certain to follow, once known.</summary>
    public ReadOnlyMemory<int>? Forced { get; set; }
}

/// <summary>What makes a place, before there is one.</summary>
internal readonly ref struct PlaceView(ReadOnlySpan<GrammarThread> threads, GrammarRow? boundary)
{
    public ReadOnlySpan<GrammarThread> Threads { get; } = threads;

    public GrammarRow? Boundary { get; } = boundary;
}

/// <summary>Finds the place of a <see cref="PlaceView"/>.</summary>
internal sealed class PlaceComparer : IEqualityComparer<GrammarPlace>, IAlternateEqualityComparer<PlaceView, GrammarPlace>
{
    public bool Equals(GrammarPlace? x, GrammarPlace? y) => ReferenceEquals(x, y);

    public bool Equals(PlaceView alternate, GrammarPlace other) => alternate.Boundary == other.Boundary && alternate.Threads.SequenceEqual(other.Threads);

    public int GetHashCode(GrammarPlace place) => GetHashCode(new PlaceView(place.Threads, place.Boundary));

    public int GetHashCode(PlaceView view)
    {
        var hash = view.Boundary?.Id ?? -1;
        foreach (var (row, lexer) in view.Threads) hash = HashCode.Combine(hash, row.Id, lexer.Id);
        return hash;
    }

    public GrammarPlace Create(PlaceView alternate) => throw new NotSupportedException("A place has a number, which its grammar gives it.");
}
