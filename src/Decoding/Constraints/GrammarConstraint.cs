namespace Decant.Decoding;

/// <summary>A constraint that is a <see cref="CompiledGrammar"/> and a path of places in it.</summary>
internal sealed class GrammarConstraint : IConstraint
{
    private readonly CompiledGrammar _grammar;
    private int[] _path;
    private int _length;

    public GrammarConstraint(string name, CompiledGrammar grammar)
        : this(name, grammar, [CompiledGrammar.First])
    {
    }

    private GrammarConstraint(string name, CompiledGrammar grammar, int[] path)
        => (Name, _grammar, _path, _length) = (name, grammar, path, path.Length);

    public string Name { get; }

    public bool Accepting => _grammar.IsAccepting(Place);

    public ReadOnlySpan<int> Forced => _grammar.Forced(Place).Span;

    public IReadOnlyList<string> Warnings => _grammar.Warnings;

    private int Place => _path[_length - 1];

    public void FillMask(Span<ulong> mask) => _grammar.FillMask(Place, mask);

    public void Prepare() => _grammar.Prepare(Place);

    public bool TryAccept(int token)
    {
        var next = _grammar.Next(Place, token);
        if (next == CompiledGrammar.Refused) return false;
        if (_length == _path.Length) Array.Resize(ref _path, 2 * _length + 32);
        _path[_length++] = next;
        return true;
    }

    public void Rollback(int tokenCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokenCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokenCount, _length - 1);
        _length -= tokenCount;
    }

    public IConstraint Fork() => new GrammarConstraint(Name, _grammar, _path[.._length]);
}
