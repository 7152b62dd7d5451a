namespace Decant.Decoding;

/// <summary>The states of an automaton along a text, so that tokens can be taken back. Serves one caller at a time.</summary>
internal sealed class ThinkingPath
{
    private readonly ThinkingAutomaton _automaton;
    private ThinkingAutomaton.Step[] _steps;
    private int _last;

    public ThinkingPath(ThinkingAutomaton automaton)
        : this(automaton, [automaton.Start])
    {
    }

    private ThinkingPath(ThinkingAutomaton automaton, ThinkingAutomaton.Step[] steps) => (_automaton, _steps, _last) = (automaton, steps, steps.Length - 1);

    public ThinkingAutomaton Automaton => _automaton;

    public ref readonly ThinkingAutomaton.Step Last => ref _steps[_last];

    public bool TryAccept(int token)
    {
        if (_automaton.Next(Last, token) is not { } next) return false;
        if (++_last == _steps.Length) Array.Resize(ref _steps, (2 * _last) + 32);
        _steps[_last] = next;
        return true;
    }

    public void Rollback(int tokenCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokenCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokenCount, _last);
        _last -= tokenCount;
    }

    public ThinkingPath Fork() => new(_automaton, _steps[..(_last + 1)]);

    /// <summary>What was done about a text that was written under the automaton's control.</summary>
    public static ThinkingReport Read(ThinkingAutomaton automaton, ReadOnlySpan<int> tokens)
    {
        var step = automaton.Start;
        foreach (var token in tokens)
        {
            if (automaton.Next(step, token) is not { } next) break;
            step = next;
        }

        return new ThinkingReport(step.Extensions, step.IsForced);
    }
}
