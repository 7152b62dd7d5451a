using System.Runtime.InteropServices;

namespace Decant.Decoding;

/// <summary>
/// Earley's parser over rows that are made once: <see cref="GrammarRow"/>. Any context-free grammar will do. Ends of rules are remembered for each row, so that rules
/// which end with themselves do not cost more and more (as Leo, 1991, found). Serves one caller at a time.
/// </summary>
internal sealed class GrammarParser
{
    private const int MaxRows = 2_000_000;
    private readonly Grammar _grammar;
    private readonly Lexer _lexer;
    private readonly HashSet<GrammarRow>.AlternateLookup<RowView> _rows = new HashSet<GrammarRow>(new RowComparer()).GetAlternateLookup<RowView>();
    private readonly HashSet<GrammarItem> _items = [];
    private readonly List<GrammarItem> _kernel = [];
    private bool _accepts;

    public GrammarParser(Grammar grammar, Lexer lexer)
    {
        (_grammar, _lexer) = (grammar, lexer);
        First = new GrammarRow(0, [], grammar.AllowsNothing);
        Predict(First, [new GrammarItem(grammar.Starts[grammar.Root], First)]);
    }

    /// <summary>The row before the text.</summary>
    public GrammarRow First { get; }

    /// <summary>The row after one of the terminals that the lexer ended, having begun at <paramref name="row"/>.</summary>
    public GrammarRow Advance(GrammarRow row, LexerState ended)
    {
        if (row.After.TryGetValue(ended, out var known)) return known;
        Begin();
        AddEnded(row, ended);
        return row.After[ended] = Find();
    }

    /// <summary>The row after terminals that began at several rows and end at the same byte.</summary>
    public GrammarRow Advance(ReadOnlySpan<GrammarThread> ended)
    {
        if (ended is [var only]) return Advance(only.Row, only.Lexer);
        Begin();
        foreach (var (row, lexer) in ended) AddEnded(row, lexer);
        return Find();
    }

    /// <summary>The row after a token, or null where it may not follow.</summary>
    public GrammarRow? Advance(GrammarRow row, int token)
    {
        if (!row.Tokens.TryGetValue(token, out var items)) return null;
        Begin();
        foreach (var item in items) Add(item);
        return Find();
    }

    private void Begin()
    {
        _items.Clear();
        _kernel.Clear();
        _accepts = false;
    }

    private void AddEnded(GrammarRow row, LexerState ended)
    {
        foreach (var terminal in ended.Ended)
        {
            foreach (var item in row.Terminals[terminal]) Add(item);
        }
    }

    private void Add(GrammarItem item)
    {
        if (!_items.Add(item)) return;
        var state = _grammar.States[item.State];
        if (state.Arcs.Count > 0) _kernel.Add(item);
        if (!state.IsFinal) return;
        var end = End(item.Origin, state.Rule);
        _accepts |= end.Accepts;
        foreach (var after in end.Items)
        {
            if (_items.Add(after)) _kernel.Add(after);
        }
    }

    // Rules may end rules that end them: all the ends that follow are gone through once.
    private RuleEnd End(GrammarRow origin, int rule)
    {
        if (origin.Ends.TryGetValue(rule, out var known)) return known;
        var items = new HashSet<GrammarItem>();
        var accepts = false;
        var seen = new HashSet<(GrammarRow, int)> { (origin, rule) };
        var work = new Stack<(GrammarRow Row, int Rule)>([(origin, rule)]);
        while (work.TryPop(out var at))
        {
            accepts |= at.Rule == _grammar.Root;
            if (at.Row.Ends.TryGetValue(at.Rule, out var end))
            {
                accepts |= end.Accepts;
                items.UnionWith(end.Items);
                continue;
            }

            foreach (var item in at.Row.Rules.GetValueOrDefault(at.Rule) ?? [])
            {
                var state = _grammar.States[item.State];
                if (state.Arcs.Count > 0) items.Add(item);
                if (state.IsFinal && seen.Add((item.Origin, state.Rule))) work.Push((item.Origin, state.Rule));
            }
        }

        return origin.Ends[rule] = new RuleEnd([.. items], accepts);
    }

    private GrammarRow Find()
    {
        _kernel.Sort(static (left, right) => left.State != right.State ? left.State.CompareTo(right.State) : left.Origin.Id.CompareTo(right.Origin.Id));
        var view = new RowView(CollectionsMarshal.AsSpan(_kernel), _accepts);
        if (_rows.TryGetValue(view, out var known)) return known;
        if (_rows.Set.Count == MaxRows) throw new ConstraintLimitException($"the text so far has more than {MaxRows:N0} places that its rules tell apart");
        var row = new GrammarRow(_rows.Set.Count + 1, [.. _kernel], _accepts);
        Predict(row, row.Items);
        _rows.Set.Add(row);
        return row;
    }

    private void Predict(GrammarRow row, IReadOnlyList<GrammarItem> kernel)
    {
        var predicted = new HashSet<int>();
        var work = new Stack<GrammarItem>(kernel);
        while (work.TryPop(out var item))
        {
            foreach (var (kind, symbol, target) in _grammar.States[item.State].Arcs)
            {
                var after = new GrammarItem(target, item.Origin);
                switch (kind)
                {
                    case ExpressionKind.Terminal:
                        if (!row.Terminals.TryGetValue(symbol, out var terminals)) row.Terminals[symbol] = terminals = [];
                        terminals.Add(after);
                        break;
                    case ExpressionKind.Token:
                        if (!row.Tokens.TryGetValue(symbol, out var tokens)) row.Tokens[symbol] = tokens = [];
                        tokens.Add(after);
                        break;
                    default:
                        if (!row.Rules.TryGetValue(symbol, out var rules)) row.Rules[symbol] = rules = [];
                        rules.Add(after);
                        if (predicted.Add(symbol)) work.Push(new GrammarItem(_grammar.Starts[symbol], row));
                        break;
                }
            }
        }

        row.Lexer = _lexer.Start(row.Terminals.Keys);
    }
}
