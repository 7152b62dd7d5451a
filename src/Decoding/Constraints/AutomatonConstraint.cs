namespace Decant.Decoding;

/// <summary>A constraint that is a <see cref="TokenAutomaton"/> and a path through it.</summary>
internal sealed class AutomatonConstraint : IConstraint
{
    private readonly TokenAutomaton _automaton;
    private int[] _path;
    private int _length = 1;

    public AutomatonConstraint(string name, TokenAutomaton automaton)
        : this(name, automaton, [0])
    {
    }

    private AutomatonConstraint(string name, TokenAutomaton automaton, int[] path)
        => (Name, _automaton, _path, _length) = (name, automaton, path, path.Length);

    public string Name { get; }

    public bool Accepting => _automaton.IsAccepting(State);

    public ReadOnlySpan<int> Forced => _automaton.Forced(State);

    private int State => _path[_length - 1];

    public void FillMask(Span<ulong> mask) => _automaton.FillMask(State, mask);

    public bool TryAccept(int token)
    {
        var next = _automaton.Next(State, token);
        if (next < 0) return false;
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

    public IConstraint Fork() => new AutomatonConstraint(Name, _automaton, _path[.._length]);
}
