namespace Decant.Decoding;

/// <summary>The answer is one item of a list, however long the list: a catalogue of a million names costs a search in it for each token.</summary>
/// <remarks>
/// The answer ends where an item ends; an item that others begin with may be ended or gone on with. Items are not known to other constraints until they are read: together, they may come to a place
/// where nothing is left, and the call then fails and names them.
/// </remarks>
public sealed record CatalogueOptions : ConstraintOptions
{
    /// <inheritdoc/>
    public override string Kind => "catalogue";

    /// <summary>The items; none is empty. They are sorted anew for every call, so a long list is better named. Default: none, where <see cref="Name"/> is given.</summary>
    public ValueList<string> Items { get; init; } = [];

    /// <summary>The name of a registered <see cref="Catalogue"/> to take in place of <see cref="Items"/>.</summary>
    public string? Name { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(!Items.Contains(""), Items, nameof(Items), "a list of texts that are not empty");
        Check(Name is null ? Items.Count > 0 : Name.Length > 0 && Items.Count == 0, Name, nameof(Name), "the name of a Catalogue in the client's services, or null where Items are given: one of the two");
    }

    /// <inheritdoc/>
    public override IConstraint Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var catalogue = Name is null ? new Catalogue(Items) : context.Services.Get<Catalogue>(Name, $"{Kind}: {nameof(Name)}");
        return new CatalogueConstraint(Kind, catalogue.Masks(context.Vocabulary));
    }
}

/// <summary>The items that are left, after every token.</summary>
internal sealed class CatalogueConstraint : IConstraint
{
    private readonly CatalogueMasks _masks;
    private Place _place;

    public CatalogueConstraint(string name, CatalogueMasks masks)
        : this(name, masks, new Place(new CatalogueRange(0, masks.Catalogue.Count, 0), null))
    {
    }

    private CatalogueConstraint(string name, CatalogueMasks masks, Place place) => (Name, _masks, _place) = (name, masks, place);

    public string Name { get; }

    public bool Accepting => _place.IsOver || _masks.Catalogue.EndsAt(_place.Range);

    public ReadOnlySpan<int> Forced => _place.IsOver ? [] : _place.Forced ??= _masks.Forced(_place.Range);

    public void FillMask(Span<ulong> mask)
    {
        if (_place.IsOver) mask.Clear();
        else _masks.Fill(_place.Range, mask);
    }

    public bool TryAccept(int token)
    {
        if (_place.IsOver) return false;
        var isEnd = _masks.IsEnd(token);
        var next = isEnd ? default : _masks.Next(_place.Range, token);
        if (isEnd ? !Accepting : next.IsEmpty) return false;
        _place = new Place(next, _place);
        return true;
    }

    public void Rollback(int tokenCount)
    {
        for (; tokenCount > 0; tokenCount--) _place = _place.Before ?? throw new ArgumentOutOfRangeException(nameof(tokenCount));
    }

    public IConstraint Fork() => new CatalogueConstraint(Name, _masks, _place);

    // Forks share what came before.
    private sealed class Place(CatalogueRange range, Place? before)
    {
        public CatalogueRange Range => range;

        public Place? Before => before;

        /// <summary>Whether an end-of-turn token has been read.</summary>
        public bool IsOver => Range.IsEmpty;

        public int[]? Forced { get; set; }
    }
}
