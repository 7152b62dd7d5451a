namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Reads expressions, loosest operator first.</summary>
internal class ExpressionParser(List<Token> tokens) : ValueParser(tokens)
{
    private const int MaxDepth = 120;
    private static readonly string[] _comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[][] _levels = [["+", "-"], ["~"], ["*", "/", "//", "%"]];

    private int _depth;

    protected sealed override Expression ReadTupleOrExpression(bool allowConditional = true)
    {
        var line = Current.Line;
        var first = allowConditional ? ReadExpression() : ReadOr();
        if (!Current.Is(TokenKind.Operator, ",")) return first;
        var items = new List<Expression> { first };
        while (Accept(TokenKind.Operator, ","))
        {
            if (Current.Kind is TokenKind.CloseBlock or TokenKind.CloseOutput || Current.Is(TokenKind.Operator, ")")) break;
            items.Add(allowConditional ? ReadExpression() : ReadOr());
        }

        return new ListDisplay(items, true, line);
    }

    protected sealed override Expression ReadExpression()
    {
        if (++_depth > MaxDepth) throw new ChatTemplateException($"expressions are nested deeper than {MaxDepth}.", Current.Line);
        var value = ReadOr();
        while (Current.Is(TokenKind.Name, "if"))
        {
            var line = Next().Line;
            var test = ReadOr();
            var otherwise = Accept(TokenKind.Name, "else") ? ReadExpression() : null;
            value = new Conditional(value, test, otherwise, line);
        }

        _depth--;
        return value;
    }

    protected Expression ReadOr()
    {
        var left = ReadAnd();
        while (Current.Is(TokenKind.Name, "or")) left = new Logical(false, left, Following(ReadAnd), left.Line);
        return left;
    }

    private Expression Following(Func<Expression> read)
    {
        Next();
        return read();
    }

    private Expression ReadAnd()
    {
        var left = ReadNot();
        while (Current.Is(TokenKind.Name, "and")) left = new Logical(true, left, Following(ReadNot), left.Line);
        return left;
    }

    private Expression ReadNot()
    {
        if (!Current.Is(TokenKind.Name, "not")) return ReadComparison();
        if (++_depth > MaxDepth) throw new ChatTemplateException($"expressions are nested deeper than {MaxDepth}.", Current.Line);
        var line = Next().Line;
        var operand = ReadNot();
        _depth--;
        return new Unary("not", operand, line);
    }

    private Expression ReadComparison()
    {
        var left = ReadBinary(0);
        var rest = new List<(string, Expression)>();
        while (true)
        {
            string op;
            if (Current.Kind == TokenKind.Operator && _comparisons.Contains(Current.Text)) op = Next().Text;
            else if (Current.Is(TokenKind.Name, "in")) op = Next().Text;
            else if (Current.Is(TokenKind.Name, "not") && After.Is(TokenKind.Name, "in")) op = $"{Next().Text} {Next().Text}";
            else break;
            rest.Add((op, ReadBinary(0)));
        }

        return rest.Count == 0 ? left : new Comparison(left, rest, left.Line);
    }

    private Expression ReadBinary(int level)
    {
        if (level == _levels.Length) return ReadPower();
        var left = ReadBinary(level + 1);
        while (Current.Kind == TokenKind.Operator && _levels[level].Contains(Current.Text))
        {
            var op = Next();
            left = new Binary(op.Text, left, ReadBinary(level + 1), op.Line);
        }

        return left;
    }

    // Unlike Python's, Jinja's powers go from left to right and bind no closer than a sign.
    private Expression ReadPower()
    {
        var left = ReadUnary();
        while (Current.Is(TokenKind.Operator, "**")) left = new Binary("**", left, Following(ReadUnary), left.Line);
        return left;
    }

    private bool IsSign => Current.Kind == TokenKind.Operator && Current.Text is "-" or "+";

    private Expression ReadUnary()
    {
        if (IsSign)
        {
            if (++_depth > MaxDepth) throw new ChatTemplateException($"expressions are nested deeper than {MaxDepth}.", Current.Line);
            var op = Next();
            var operand = new Unary(op.Text, ReadUnary(withFilters: false), op.Line);
            _depth--;
            return ReadFilters(operand);
        }

        return ReadUnary(withFilters: true);
    }

    private Expression ReadUnary(bool withFilters)
    {
        if (!withFilters && IsSign) return ReadUnary();
        var value = ReadPostfix(ReadPrimary());
        return withFilters ? ReadFilters(value) : value;
    }

    private Expression ReadFilters(Expression value)
    {
        while (true)
        {
            if (Current.Is(TokenKind.Operator, "|"))
            {
                Next();
                var name = ReadDottedName();
                value = ReadPostfix(new Filter(value, name.Text, Accept(TokenKind.Operator, "(") ? ReadArguments() : ArgumentList.Empty, name.Line));
            }
            else if (Current.Is(TokenKind.Name, "is"))
            {
                Next();
                value = ReadTest(value, Accept(TokenKind.Name, "not"));
            }
            else
            {
                return value;
            }
        }
    }

    private Test ReadTest(Expression value, bool negated)
    {
        var name = Current.Kind == TokenKind.Operator && _comparisons.Contains(Current.Text) ? Next() : ReadDottedName();
        var arguments = ArgumentList.Empty;
        if (Accept(TokenKind.Operator, "(")) arguments = ReadArguments();
        else if (StartsArgument()) arguments = new ArgumentList([(null, false, ReadPostfix(ReadPrimary()))]);
        return new Test(value, name.Text, arguments, negated, name.Line);
    }

    // A test's one argument may stand without brackets: x is divisibleby 3.
    private bool StartsArgument() => Current.Kind switch
    {
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Name => Current.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not" or "recursive"),
        TokenKind.Operator => Current.Text is "[" or "{",
        _ => false,
    };

    private Token ReadDottedName()
    {
        var name = Expect(TokenKind.Name, "a name");
        while (Accept(TokenKind.Operator, ".")) name = name with { Text = $"{name.Text}.{Expect(TokenKind.Name, "a name").Text}" };
        return name;
    }
}
