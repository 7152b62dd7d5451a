namespace Decant.Connectors.Prompting.Jinja;

/// <summary>An expression of a template.</summary>
internal abstract record Expression(int Line)
{
    public abstract object? Evaluate(RenderContext context);
}

internal sealed record Literal(object? Value, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context) => Value;
}

internal sealed record Name(string Text, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        context.Step();
        return context.Scope.Get(Text);
    }
}

internal sealed record ListDisplay(IReadOnlyList<Expression> Items, bool IsTuple, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        var items = Items.Select(item => item.Evaluate(context));
        return IsTuple ? new JinjaTuple(items) : items.ToList();
    }
}

internal sealed record DictDisplay(IReadOnlyList<(Expression Key, Expression Value)> Entries, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        var dict = new JinjaDict();
        foreach (var (key, value) in Entries) dict[key.Evaluate(context) ?? throw new ChatTemplateException("None cannot be a key.", Line)] = value.Evaluate(context);
        return dict;
    }
}

internal sealed record Conditional(Expression Then, Expression Test, Expression? Otherwise, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context) =>
        Values.IsTrue(Test.Evaluate(context)) ? Then.Evaluate(context) : Otherwise?.Evaluate(context) ?? (Otherwise is null ? new Undefined("") : null);
}

internal sealed record Logical(bool IsAnd, Expression Left, Expression Right, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        var left = Left.Evaluate(context);
        return Values.IsTrue(left) == IsAnd ? Right.Evaluate(context) : left;
    }
}

internal sealed record Unary(string Operator, Expression Operand, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        var value = Operand.Evaluate(context);
        if (Operator == "not") return !Values.IsTrue(value);
        return (Operator, value) switch
        {
            ("-", long number) => (object)-number,
            ("-", double number) => -number,
            ("-", bool flag) => flag ? -1L : 0L,
            ("+", long or double) => value,
            ("+", bool flag) => flag ? 1L : 0L,
            ("-", Undefined undefined) => undefined,
            _ => throw new ChatTemplateException($"{Operator} does not apply to {Values.TypeName(value)}.", Line),
        };
    }
}

/// <summary>a &lt; b &lt;= c: every neighbouring pair must hold.</summary>
internal sealed record Comparison(Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        var left = First.Evaluate(context);
        foreach (var (op, operand) in Rest)
        {
            context.Step();
            var right = operand.Evaluate(context);
            if (!Holds(op, left, right)) return false;
            left = right;
        }

        return true;
    }

    private static bool Holds(string op, object? left, object? right) => op switch
    {
        "==" => Values.AreEqual(left, right),
        "!=" => !Values.AreEqual(left, right),
        "in" => Values.Contains(right, left),
        "not in" => !Values.Contains(right, left),
        "<" => Values.Compare(left, right) < 0,
        "<=" => Values.Compare(left, right) <= 0,
        ">" => Values.Compare(left, right) > 0,
        _ => Values.Compare(left, right) >= 0,
    };
}

internal sealed record Binary(string Operator, Expression Left, Expression Right, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        context.Step();
        return Arithmetic.Apply(context, Operator, Left.Evaluate(context), Right.Evaluate(context), Line);
    }
}

internal sealed record Member(Expression Target, string Key, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        context.Step();
        return Members.Get(context, Target.Evaluate(context), Key, preferMethod: true, Line);
    }
}

internal sealed record Index(Expression Target, Expression Key, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        context.Step();
        return Members.Get(context, Target.Evaluate(context), Key.Evaluate(context), preferMethod: false, Line);
    }
}

internal sealed record Slice(Expression Target, Expression? Start, Expression? Stop, Expression? Step, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        context.Step();
        return Members.Slice(Target.Evaluate(context), Start?.Evaluate(context), Stop?.Evaluate(context), Step?.Evaluate(context), Line);
    }
}

/// <summary>The arguments of a call, filter or test as they are written.</summary>
internal sealed record ArgumentList(IReadOnlyList<(string? Name, bool IsSpread, Expression Value)> Items)
{
    public static ArgumentList Empty { get; } = new([]);

    public Arguments Evaluate(RenderContext context)
    {
        var result = new Arguments(context);
        foreach (var (name, isSpread, value) in Items)
        {
            if (isSpread) result.Positional.AddRange(Values.Iterate(value.Evaluate(context)));
            else if (name is null) result.Positional.Add(value.Evaluate(context));
            else result.Named[name] = value.Evaluate(context);
        }

        return result;
    }
}

internal sealed record Call(Expression Target, ArgumentList Arguments, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        context.Step();
        var target = Target.Evaluate(context);
        if (target is not Callable function)
            throw new ChatTemplateException(target is Undefined undefined ? $"'{undefined.Name}' is not defined and cannot be called." : $"{Values.TypeName(target)} cannot be called.", Line);
        return function(Arguments.Evaluate(context));
    }
}

internal sealed record Filter(Expression Target, string Text, ArgumentList Arguments, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context)
    {
        context.Step();
        return Filters.Apply(Text, Target.Evaluate(context), Arguments.Evaluate(context), Line);
    }
}

internal sealed record Test(Expression Target, string Text, ArgumentList Arguments, bool Negated, int Line) : Expression(Line)
{
    public override object? Evaluate(RenderContext context) => Tests.Apply(Text, Target.Evaluate(context), Arguments.Evaluate(context), Line) != Negated;
}
