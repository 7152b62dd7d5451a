namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Reads values and what is written behind them: literals, names, displays, members, subscripts, calls.</summary>
internal abstract class ValueParser(List<Token> tokens) : TokenReader(tokens)
{
    /// <summary>An expression, or several with commas between: a tuple.</summary>
    protected abstract Expression ReadTupleOrExpression(bool allowConditional = true);

    protected abstract Expression ReadExpression();

    protected ArgumentList ReadArguments()
    {
        var items = new List<(string?, bool, Expression)>();
        while (!Accept(TokenKind.Operator, ")"))
        {
            var isSpread = Accept(TokenKind.Operator, "*");
            string? name = null;
            if (!isSpread && Current.Kind == TokenKind.Name && After.Is(TokenKind.Operator, "="))
            {
                name = Next().Text;
                Next();
            }

            items.Add((name, isSpread, ReadExpression()));
            if (!Current.Is(TokenKind.Operator, ")")) ExpectOperator(",");
        }

        return new ArgumentList(items);
    }

    protected Expression ReadPostfix(Expression value)
    {
        while (Current.Kind == TokenKind.Operator)
        {
            var line = Current.Line;
            if (Accept(TokenKind.Operator, "."))
            {
                value = Current.Kind == TokenKind.Integer
                    ? new Index(value, new Literal(long.Parse(Next().Text), line), line)
                    : new Member(value, Expect(TokenKind.Name, "a member's name").Text, line);
            }
            else if (Accept(TokenKind.Operator, "["))
            {
                value = ReadSubscript(value, line);
            }
            else if (Accept(TokenKind.Operator, "("))
            {
                value = new Call(value, ReadArguments(), line);
            }
            else
            {
                break;
            }
        }

        return value;
    }

    private Expression ReadSubscript(Expression value, int line)
    {
        var parts = new List<Expression?> { null };
        while (!Accept(TokenKind.Operator, "]"))
        {
            if (Accept(TokenKind.Operator, ":")) parts.Add(null);
            else if (parts[^1] is null) parts[^1] = ReadTupleOrExpression();
            else throw Unexpected("']'");
        }

        if (parts.Count > 3) throw new ChatTemplateException("a slice has at most three parts.", line);
        if (parts.Count == 1) return new Index(value, parts[0] ?? throw new ChatTemplateException("an index is empty.", line), line);
        return new Slice(value, parts[0], parts[1], parts.Count > 2 ? parts[2] : null, line);
    }

    protected Expression ReadPrimary()
    {
        var token = Next();
        switch (token.Kind)
        {
            case TokenKind.String:
                var text = token.Text;
                while (Current.Kind == TokenKind.String) text += Next().Text;
                return new Literal(text, token.Line);
            case TokenKind.Integer:
                return new Literal(long.TryParse(token.Text, out var whole) ? (object)whole : double.Parse(token.Text, System.Globalization.CultureInfo.InvariantCulture), token.Line);
            case TokenKind.Float:
                return new Literal(double.Parse(token.Text, System.Globalization.CultureInfo.InvariantCulture), token.Line);
            case TokenKind.Name:
                return token.Text switch
                {
                    "true" or "True" => new Literal(true, token.Line),
                    "false" or "False" => new Literal(false, token.Line),
                    "none" or "None" or "null" => new Literal(null, token.Line),
                    _ => new Name(token.Text, token.Line),
                };
            case TokenKind.Operator when token.Text == "(":
                return ReadBracket(token.Line);
            case TokenKind.Operator when token.Text == "[":
                return new ListDisplay(ReadItems("]"), false, token.Line);
            case TokenKind.Operator when token.Text == "{":
                return ReadDict(token.Line);
            default:
                Back();
                throw Unexpected("a value");
        }
    }

    private Expression ReadBracket(int line)
    {
        if (Accept(TokenKind.Operator, ")")) return new ListDisplay([], true, line);
        var value = ReadTupleOrExpression();
        ExpectOperator(")");
        return value;
    }

    private List<Expression> ReadItems(string close)
    {
        var items = new List<Expression>();
        while (!Accept(TokenKind.Operator, close))
        {
            items.Add(ReadExpression());
            if (!Current.Is(TokenKind.Operator, close)) ExpectOperator(",");
        }

        return items;
    }

    private DictDisplay ReadDict(int line)
    {
        var entries = new List<(Expression, Expression)>();
        while (!Accept(TokenKind.Operator, "}"))
        {
            var key = ReadExpression();
            ExpectOperator(":");
            entries.Add((key, ReadExpression()));
            if (!Current.Is(TokenKind.Operator, "}")) ExpectOperator(",");
        }

        return new DictDisplay(entries, line);
    }
}
