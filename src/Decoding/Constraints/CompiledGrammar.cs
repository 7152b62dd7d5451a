namespace Decant.Decoding;

/// <summary>
/// A <see cref="Grammar"/> read in tokens of a vocabulary. Whatever is found out of a place in a text is kept, for all requests that come there. Safe for concurrent use: callers wait for each
/// other, mostly for microseconds.
/// </summary>
internal sealed class CompiledGrammar
{
    /// <summary>What <see cref="Next"/> gives where a token is refused.</summary>
    public const int Refused = -1;

    /// <summary>The place behind an end-of-turn token, where nothing may follow.</summary>
    public const int Over = 0;

    /// <summary>The place before the text.</summary>
    public const int First = 1;

    private const int MaxPlaces = 4_000_000;
    private const int LargePlaces = 100_000;
    private readonly Lock _lock = new();
    private readonly VocabularySlices _slices;
    private readonly GrammarParser _parser;
    private readonly GrammarThreads _threads;
    private readonly GrammarMasks _masks;
    private readonly ForcedTokens _forced;
    private readonly List<GrammarPlace> _places = [new(Over, [], null)];
    private readonly HashSet<GrammarPlace>.AlternateLookup<PlaceView> _known = new HashSet<GrammarPlace>(new PlaceComparer()).GetAlternateLookup<PlaceView>();

    public CompiledGrammar(Grammar grammar, ITokenVocabulary vocabulary)
    {
        _slices = VocabularySlices.Of(vocabulary);
        var lexer = new Lexer(grammar);
        _parser = new GrammarParser(grammar, lexer);
        _threads = new GrammarThreads(lexer, _parser);
        _masks = new GrammarMasks(lexer, _parser, _slices);
        _forced = new ForcedTokens(this, lexer, new GrammarThreads(lexer, _parser), _masks, _slices);
        PlaceAt(_parser.First);
    }

    /// <summary>What was asked for and is not enforced, as sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether so much was found out that it is better to begin anew.</summary>
    public bool IsLarge => _places.Count > LargePlaces;

    /// <summary>Whether the text may end at a place.</summary>
    public bool IsAccepting(int place)
    {
        lock (_lock) return place == Over || _places[place].Accepts;
    }

    /// <summary>The place after a token, or <see cref="Refused"/>.</summary>
    /// <exception cref="ConstraintLimitException">The text so far needs too much memory.</exception>
    public int Next(int place, int token)
    {
        lock (_lock) return NextPlace(_places[place], token);
    }

    /// <summary>Clears the bit of every token that may not follow, of those beyond the vocabulary too.</summary>
    /// <exception cref="ConstraintLimitException">The tokens that may follow take too long to find.</exception>
    public void FillMask(int place, Span<ulong> mask)
    {
        lock (_lock) _masks.Fill(_places[place], mask);
    }

    /// <summary>Whether <see cref="FillMask"/> has nothing to find out.</summary>
    public bool IsMaskKnown(int place)
    {
        lock (_lock) return GrammarMasks.IsKnown(_places[place]);
    }

    /// <summary>Has another thread find out what <see cref="FillMask"/> needs, unless that is known.</summary>
    public void Prepare(int place)
    {
        if (IsMaskKnown(place)) return;
        ThreadPool.UnsafeQueueUserWorkItem(static work => work.Grammar.MakeMask(work.Place), (Grammar: this, Place: place), preferLocal: false);
    }

    private void MakeMask(int place)
    {
        try
        {
            lock (_lock) _masks.Allowed(_places[place]);
        }
        catch (Exception)
        {
            // Whoever needs the mask meets it again.
        }
    }

    /// <summary>The tokens that must follow one after the other, as long as their bytes are certain.</summary>
    public ReadOnlyMemory<int> Forced(int place)
    {
        lock (_lock) return _places[place].Forced ??= _forced.After(_places[place]);
    }

    /// <summary>The place that a place's token leads to, or null.</summary>
    internal GrammarPlace? NextOf(GrammarPlace place, int token) => NextPlace(place, token) is >= 0 and var next ? _places[next] : null;

    private int NextPlace(GrammarPlace place, int token)
    {
        if (place.Id == Over || (uint)token >= (uint)_slices.Vocabulary.Count) return Refused;
        if (place.Boundary is { } boundary && _parser.Advance(boundary, token) is { } row) return PlaceAt(row);
        if (TokenMask.Contains(_slices.EndMask, token)) return place.Accepts ? Over : Refused;
        var bytes = _slices.Vocabulary.Bytes(token);
        if (bytes.IsEmpty || _slices.Vocabulary.IsSpecial(token)) return Refused;
        _threads.Reset(place.Threads, place.Boundary);
        foreach (var value in bytes)
        {
            if (!_threads.TryPush(value)) return Refused;
        }

        return Place(_threads.Current, _threads.Boundary);
    }

    private int PlaceAt(GrammarRow row) => Place(row.Lexer.GoesOn ? [new GrammarThread(row, row.Lexer)] : [], row);

    private int Place(ReadOnlySpan<GrammarThread> threads, GrammarRow? boundary)
    {
        var view = new PlaceView(threads, boundary);
        if (_known.TryGetValue(view, out var known)) return known.Id;
        if (_places.Count == MaxPlaces) throw new ConstraintLimitException($"the texts so far have more than {MaxPlaces:N0} places that it tells apart");
        var place = new GrammarPlace(_places.Count, threads.ToArray(), boundary);
        _places.Add(place);
        _known.Set.Add(place);
        return place.Id;
    }
}
