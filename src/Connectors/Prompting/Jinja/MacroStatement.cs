namespace Decant.Connectors.Prompting.Jinja;

/// <summary>A macro's parameters and body.</summary>
internal sealed record Macro(string Text, IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body)
{
    /// <summary>A function that renders the body in a scope on top of <paramref name="home"/>.</summary>
    public Callable Bind(RenderContext context, Scope home) => arguments => context.Capture(() => context.InScope(home, () =>
    {
        for (var i = 0; i < Parameters.Count; i++)
        {
            var (name, otherwise) = Parameters[i];
            var value = arguments.Has(i, name) ? arguments.Get(i, name) : otherwise is null ? new Undefined(name) : otherwise.Evaluate(context);
            context.Scope.Set(name, value);
        }

        context.Scope.Set("varargs", new JinjaTuple(arguments.Positional.Skip(Parameters.Count)));
        var extra = new JinjaDict();
        foreach (var (name, value) in arguments.Named.Where(entry => Parameters.All(parameter => parameter.Name != entry.Key))) extra[name] = value;
        context.Scope.Set("kwargs", extra);
        if (arguments.Named.TryGetValue("caller", out var caller)) context.Scope.Set("caller", caller);
        Statement.RunAll(Body, context);
    }));
}

internal sealed record MacroStatement(Macro Macro, int Line) : Statement(Line)
{
    public override Flow Run(RenderContext context)
    {
        context.Scope.Set(Macro.Text, Macro.Bind(context, context.Scope));
        return Flow.Next;
    }
}

/// <summary>Calls a macro whose body may call this one's body as <c>caller()</c>.</summary>
internal sealed record CallBlock(Call Call, Macro Body, int Line) : Statement(Line)
{
    public override Flow Run(RenderContext context)
    {
        if (Call.Target.Evaluate(context) is not Callable function) throw new ChatTemplateException("a call block needs a macro.", Line);
        var arguments = Call.Arguments.Evaluate(context);
        arguments.Named["caller"] = Body.Bind(context, context.Scope);
        context.Write(Values.Text(function(arguments)));
        return Flow.Next;
    }
}
