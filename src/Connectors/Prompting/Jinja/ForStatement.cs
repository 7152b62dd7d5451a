namespace Decant.Connectors.Prompting.Jinja;

/// <summary>A loop, with its <c>loop</c> variable, condition and else branch.</summary>
internal sealed record ForStatement(Expression Target, Expression Items, Expression? Condition, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Otherwise, int Line)
    : Statement(Line)
{
    public override Flow Run(RenderContext context)
    {
        var items = Select(context, Values.Iterate(Items.Evaluate(context)).ToList());
        if (items.Count == 0) return RunAll(Otherwise, context);
        for (var i = 0; i < items.Count; i++)
        {
            context.Step();
            var flow = Flow.Next;
            context.InScope(context.Scope, () =>
            {
                SetStatement.Assign(context, Target, items[i]);
                context.Scope.Set("loop", Variable(items, i));
                flow = RunAll(Body, context);
            });
            if (flow == Flow.Break) break;
        }

        return Flow.Next;
    }

    private static JinjaDict Variable(List<object?> items, int i) => new()
    {
        ["index"] = i + 1L,
        ["index0"] = (long)i,
        ["revindex"] = (long)(items.Count - i),
        ["revindex0"] = (long)(items.Count - i - 1),
        ["first"] = i == 0,
        ["last"] = i == items.Count - 1,
        ["length"] = (long)items.Count,
        ["previtem"] = i > 0 ? items[i - 1] : new Undefined("loop.previtem"),
        ["nextitem"] = i + 1 < items.Count ? items[i + 1] : new Undefined("loop.nextitem"),
        ["cycle"] = (Callable)(arguments => arguments.Positional.Count == 0
            ? throw new ChatTemplateException("loop.cycle needs values.")
            : arguments.Positional[i % arguments.Positional.Count]),
    };

    private List<object?> Select(RenderContext context, List<object?> items)
    {
        if (Condition is null) return items;
        var selected = new List<object?>();
        foreach (var item in items)
        {
            context.InScope(context.Scope, () =>
            {
                SetStatement.Assign(context, Target, item);
                if (Values.IsTrue(Condition.Evaluate(context))) selected.Add(item);
            });
        }

        return selected;
    }
}
