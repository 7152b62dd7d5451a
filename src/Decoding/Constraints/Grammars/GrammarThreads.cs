using System.Runtime.InteropServices;

namespace Decant.Decoding;

/// <summary>
/// All ways to read a text, byte by byte, as a stack that bytes can be taken from again. Where ways meet they become one, so there are never more than there are places
/// where a terminal that goes on may have begun.
/// </summary>
internal sealed class GrammarThreads(Lexer lexer, GrammarParser parser)
{
    private readonly List<GrammarThread> _threads = [];
    private readonly List<Frame> _frames = [];
    private readonly List<GrammarThread> _ended = [];

    /// <summary>The ways that go on.</summary>
    public ReadOnlySpan<GrammarThread> Current => CollectionsMarshal.AsSpan(_threads)[_frames[^1].Start..];

    /// <summary>The row of terminals that end here, or null.</summary>
    public GrammarRow? Boundary => _frames[^1].Boundary;

    /// <summary>Begins at a place.</summary>
    public void Reset(ReadOnlySpan<GrammarThread> threads, GrammarRow? boundary)
    {
        _threads.Clear();
        _frames.Clear();
        _threads.AddRange(threads);
        _frames.Add(new Frame(0, boundary));
    }

    /// <summary>Reads a byte; false, with nothing changed, where it may not follow.</summary>
    public bool TryPush(byte value)
    {
        var (start, end) = (_frames[^1].Start, _threads.Count);
        _ended.Clear();
        for (var i = start; i < end; i++)
        {
            var (row, state) = _threads[i];
            state = lexer.Next(state, value);
            if (state == LexerState.Dead) continue;
            if (state.Ended.Length > 0) _ended.Add(new GrammarThread(row, state));
            if (state.GoesOn) AddNew(new GrammarThread(row, state), end);
        }

        var boundary = _ended.Count == 0 ? null : parser.Advance(CollectionsMarshal.AsSpan(_ended));
        if (boundary is null && _threads.Count == end) return false;
        if (boundary?.Lexer.GoesOn == true) AddNew(new GrammarThread(boundary, boundary.Lexer), end);
        _frames.Add(new Frame(end, boundary));
        return true;
    }

    /// <summary>Takes the last byte back.</summary>
    public void Pop()
    {
        CollectionsMarshal.SetCount(_threads, _frames[^1].Start);
        _frames.RemoveAt(_frames.Count - 1);
    }

    private void AddNew(GrammarThread thread, int from)
    {
        for (var i = from; i < _threads.Count; i++)
        {
            if (_threads[i] == thread) return;
        }

        _threads.Add(thread);
    }

    private readonly record struct Frame(int Start, GrammarRow? Boundary);
}
