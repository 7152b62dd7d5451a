namespace Decant.Connectors.Prompting.Jinja;

/// <summary>A statement of a template.</summary>
internal abstract record Statement(int Line)
{
    public abstract Flow Run(RenderContext context);

    public static Flow RunAll(IReadOnlyList<Statement> body, RenderContext context)
    {
        foreach (var statement in body)
        {
            context.Step();
            var flow = statement.Run(context);
            if (flow != Flow.Next) return flow;
        }

        return Flow.Next;
    }
}

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}

internal sealed record TextStatement(string Text, int Line) : Statement(Line)
{
    public override Flow Run(RenderContext context)
    {
        context.Write(Text);
        return Flow.Next;
    }
}

internal sealed record OutputStatement(Expression Value, int Line) : Statement(Line)
{
    public override Flow Run(RenderContext context)
    {
        context.Write(Values.Text(Value.Evaluate(context)));
        return Flow.Next;
    }
}

internal sealed record IfStatement(IReadOnlyList<(Expression? Test, IReadOnlyList<Statement> Body)> Branches, int Line) : Statement(Line)
{
    public override Flow Run(RenderContext context)
    {
        foreach (var (test, body) in Branches)
        {
            if (test is null || Values.IsTrue(test.Evaluate(context))) return RunAll(body, context);
        }

        return Flow.Next;
    }
}

internal sealed record LoopControl(Flow Flow, int Line) : Statement(Line)
{
    public override Flow Run(RenderContext context) => Flow;
}

/// <summary>Assigns to a name, a tuple of names, or a namespace's member.</summary>
internal sealed record SetStatement(Expression Target, Expression? Value, IReadOnlyList<Statement>? Block, IReadOnlyList<(string Name, ArgumentList Arguments)> BlockFilters, int Line)
    : Statement(Line)
{
    public override Flow Run(RenderContext context)
    {
        var value = Value is not null ? Value.Evaluate(context) : Captured(context);
        Assign(context, Target, value);
        return Flow.Next;
    }

    public static void Assign(RenderContext context, Expression target, object? value)
    {
        switch (target)
        {
            case Name name:
                context.Scope.Set(name.Text, value);
                break;
            case Member member:
                if (member.Target.Evaluate(context) is not JinjaNamespace ns)
                    throw new ChatTemplateException("only members of a namespace() can be set.", member.Line);
                ns[member.Key] = value;
                break;
            case ListDisplay names:
                var parts = Values.Iterate(value).Take(names.Items.Count + 1).ToList();
                if (parts.Count != names.Items.Count) throw new ChatTemplateException($"{names.Items.Count} names cannot take {parts.Count} values.", names.Line);
                for (var i = 0; i < parts.Count; i++) Assign(context, names.Items[i], parts[i]);
                break;
            default:
                throw new ChatTemplateException("this cannot be assigned to.", target.Line);
        }
    }

    private object? Captured(RenderContext context)
    {
        object? text = context.Capture(() => RunAll(Block!, context));
        foreach (var (name, arguments) in BlockFilters) text = Filters.Apply(name, text, arguments.Evaluate(context), Line);
        return text;
    }
}

internal sealed record FilterBlock(IReadOnlyList<(string Name, ArgumentList Arguments)> Names, IReadOnlyList<Statement> Body, int Line) : Statement(Line)
{
    public override Flow Run(RenderContext context)
    {
        object? text = context.Capture(() => context.InScope(context.Scope, () => RunAll(Body, context)));
        foreach (var (name, arguments) in Names) text = Filters.Apply(name, text, arguments.Evaluate(context), Line);
        context.Write(Values.Text(text));
        return Flow.Next;
    }
}

/// <summary>A body in which nothing special happens (generation blocks).</summary>
internal sealed record PlainBlock(IReadOnlyList<Statement> Body, int Line) : Statement(Line)
{
    public override Flow Run(RenderContext context) => RunAll(Body, context);
}
