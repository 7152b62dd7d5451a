namespace Decant.Decoding;

/// <summary>Makes a <see cref="Grammar"/> from the rules' bodies: a network with empty arcs (Thompson, 1968), which then are taken out, together with what cannot be or never ends.</summary>
internal sealed class RuleNetwork
{
    private const int MaxStates = 4_000_000;
    private const int MaxArcs = 20_000_000;
    private readonly List<int> _rules = [];
    private readonly List<List<RuleArc>> _arcs = [];
    private readonly List<List<int>> _skips = [];
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly bool[] _canBeNothing;
    private int _made;

    /// <summary>Makes the networks.</summary>
    /// <param name="bodies">What each rule is; the last is the root.</param>
    public RuleNetwork(IReadOnlyList<GrammarExpression> bodies)
    {
        (_starts, _ends, _canBeNothing) = (new int[bodies.Count], new int[bodies.Count], new bool[bodies.Count]);
        for (var rule = 0; rule < bodies.Count; rule++)
        {
            _starts[rule] = AddState(rule);
            _ends[rule] = AddExpression(bodies[rule], rule, _starts[rule]);
        }
    }

    public Grammar ToGrammar(RegexPool pool, RegexDerivatives derivatives, IReadOnlyList<ByteRegex> terminals)
    {
        var ends = EndingStates();
        var root = _starts.Length - 1;
        if (!ends[_starts[root]]) throw new ArgumentException("There is no text that the constraint allows: its parts contradict each other, or a rule has no end.");
        FindWhatCanBeNothing();

        var states = new RuleState[_arcs.Count];
        for (var state = 0; state < states.Length; state++) states[state] = WithoutSkips(state, ends);
        return new Grammar(pool, derivatives, terminals, _starts, root, states);
    }

    private int AddState(int rule)
    {
        if (_arcs.Count >= MaxStates) throw new ConstraintLimitException($"its rules need more than {MaxStates:N0} states");
        _rules.Add(rule);
        _arcs.Add([]);
        _skips.Add([]);
        return _arcs.Count - 1;
    }

    // The state behind the expression.
    private int AddExpression(GrammarExpression expression, int rule, int from)
    {
        switch (expression.Kind)
        {
            case ExpressionKind.Sequence:
                foreach (var part in expression.Parts) from = AddExpression(part, rule, from);
                return from;
            case ExpressionKind.Choice:
                var end = AddState(rule);
                foreach (var part in expression.Parts) _skips[AddExpression(part, rule, from)].Add(end);
                return end;
            case ExpressionKind.Repeat:
                return AddRepeat(expression, rule, from);
            default:
                var to = AddState(rule);
                _arcs[from].Add(new RuleArc(expression.Kind, expression.Symbol, to));
                return to;
        }
    }

    private int AddRepeat(GrammarExpression expression, int rule, int from)
    {
        var item = expression.Parts[0];
        for (var i = 0; i < expression.Min; i++) from = AddExpression(item, rule, from);

        // States that are left and come back must not be the ones around the expression.
        var end = AddState(rule);
        if (expression.Max is { } max)
        {
            for (var i = expression.Min; i < max; i++)
            {
                _skips[from].Add(end);
                var next = AddState(rule);
                _skips[AddExpression(item, rule, from)].Add(next);
                from = next;
            }

            _skips[from].Add(end);
            return end;
        }

        _skips[from].Add(end);
        _skips[AddExpression(item, rule, end)].Add(end);
        return end;
    }

    // From which states the end of the rule can be reached: a fixed point, for a rule's arc can be taken only if that rule has an end.
    private bool[] EndingStates()
    {
        var ends = new bool[_arcs.Count];
        var before = new List<int>[_arcs.Count];
        var users = new List<(int From, int Target)>[_starts.Length];
        var work = new Stack<int>(_ends);
        for (var state = 0; state < _arcs.Count; state++)
        {
            foreach (var next in _skips[state]) (before[next] ??= []).Add(state);
            foreach (var arc in _arcs[state])
            {
                if (arc.Kind == ExpressionKind.Rule) (users[arc.Symbol] ??= []).Add((state, arc.Target));
                else (before[arc.Target] ??= []).Add(state);
            }
        }

        var arcsInto = new List<(int From, int Rule)>[_arcs.Count];
        for (var rule = 0; rule < users.Length; rule++)
        {
            foreach (var (from, target) in users[rule] ?? []) (arcsInto[target] ??= []).Add((from, rule));
        }

        while (work.TryPop(out var state))
        {
            if (ends[state]) continue;
            ends[state] = true;
            foreach (var previous in before[state] ?? []) work.Push(previous);
            foreach (var (from, rule) in arcsInto[state] ?? [])
            {
                if (ends[_starts[rule]]) work.Push(from);
            }

            if (state != _starts[_rules[state]]) continue;
            foreach (var (from, target) in users[_rules[state]] ?? [])
            {
                if (ends[target]) work.Push(from);
            }
        }

        return ends;
    }

    private void FindWhatCanBeNothing()
    {
        var users = Enumerable.Range(0, _arcs.Count).SelectMany(state => _arcs[state].Where(arc => arc.Kind == ExpressionKind.Rule).Select(arc => (arc.Symbol, User: _rules[state]))).Distinct().ToLookup(use => use.Symbol, use => use.User);
        var work = new Queue<int>(Enumerable.Range(0, _starts.Length));
        while (work.TryDequeue(out var rule))
        {
            if (_canBeNothing[rule] || !Skipped(_starts[rule]).Contains(_ends[rule])) continue;
            _canBeNothing[rule] = true;
            foreach (var user in users[rule]) work.Enqueue(user);
        }
    }

    // The states that can be reached by reading nothing.
    private HashSet<int> Skipped(int state)
    {
        var seen = new HashSet<int> { state };
        var work = new Stack<int>([state]);
        while (work.TryPop(out var at))
        {
            foreach (var next in _skips[at])
            {
                if (seen.Add(next)) work.Push(next);
            }

            foreach (var arc in _arcs[at])
            {
                if (arc.Kind == ExpressionKind.Rule && _canBeNothing[arc.Symbol] && seen.Add(arc.Target)) work.Push(arc.Target);
            }
        }

        return seen;
    }

    private RuleState WithoutSkips(int state, bool[] ends)
    {
        var skipped = Skipped(state);
        var arcs = skipped.SelectMany(at => _arcs[at]).Where(arc => ends[arc.Target] && (arc.Kind != ExpressionKind.Rule || ends[_starts[arc.Symbol]])).Distinct();
        var made = new RuleState(_rules[state], skipped.Contains(_ends[_rules[state]]), [.. arcs]);
        _made += made.Arcs.Count;
        return _made <= MaxArcs ? made : throw new ConstraintLimitException($"what may come next in its rules is more than {MaxArcs:N0} things: too many parts that may be empty follow each other");
    }
}
