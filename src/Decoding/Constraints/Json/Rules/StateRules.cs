namespace Decant.Decoding;

/// <summary>
/// Rules of what comes inside an array or object, from an automaton over its parts: a rule for each state. States that lead to themselves become repetitions, so that long lists cost no more
/// with every item.
/// </summary>
internal sealed class StateRules<TState>
    where TState : struct, IEquatable<TState>
{
    private const int MaxStates = 100_000;
    private readonly GrammarBuilder _builder;
    private readonly Dictionary<TState, GrammarExpression> _rules = [];
    private readonly Queue<(TState State, GrammarExpression Rule)> _open = [];

    private StateRules(GrammarBuilder builder) => _builder = builder;

    /// <summary>Everything from a state on.</summary>
    /// <param name="builder">Makes the rules.</param>
    /// <param name="first">The state.</param>
    /// <param name="isEnd">Whether nothing more need come after a state.</param>
    /// <param name="parts">What may come after a state, and what state is behind it.</param>
    public static GrammarExpression From(GrammarBuilder builder, TState first, Func<TState, bool> isEnd, Func<TState, IEnumerable<(GrammarExpression Part, TState Next)>> parts)
    {
        var rules = new StateRules<TState>(builder);
        var start = rules.Rule(first);
        while (rules._open.TryDequeue(out var next))
        {
            var again = new List<GrammarExpression>();
            var on = new List<GrammarExpression>();
            foreach (var (part, state) in parts(next.State))
            {
                if (state.Equals(next.State)) again.Add(part);
                else on.Add(GrammarExpression.Sequence(part, rules.Rule(state)));
            }

            if (isEnd(next.State)) on.Add(GrammarExpression.Empty);
            var end = GrammarExpression.Choice(on);
            builder.Define(next.Rule, again.Count == 0 ? end : GrammarExpression.Sequence(GrammarExpression.Repeat(GrammarExpression.Choice(again), 0, null), end));
        }

        return start;
    }

    private GrammarExpression Rule(TState state)
    {
        if (_rules.TryGetValue(state, out var known)) return known;
        if (_rules.Count == MaxStates) throw new ConstraintLimitException($"the counts of an array or object tell more than {MaxStates:N0} places apart");
        var rule = _rules[state] = _builder.Declare("members");
        _open.Enqueue((state, rule));
        return rule;
    }
}
