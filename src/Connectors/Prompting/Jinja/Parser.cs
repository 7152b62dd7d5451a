namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Reads statements.</summary>
internal sealed class Parser(List<Token> tokens) : ExpressionParser(tokens)
{
    private const int MaxNesting = 60;
    private int _nesting;

    public IReadOnlyList<Statement> ReadTemplate()
    {
        var body = ReadBody([]);
        return Current.Kind == TokenKind.End ? body : throw Unexpected("the end of the template");
    }

    /// <summary>Statements up to one of the tags in <paramref name="ends"/>, whose opening and name are consumed.</summary>
    private List<Statement> ReadBody(string[] ends) => ReadBody(ends, out _);

    private List<Statement> ReadBody(string[] ends, out string end)
    {
        if (++_nesting > MaxNesting) throw new ChatTemplateException($"blocks are nested deeper than {MaxNesting}.", Current.Line);
        var body = new List<Statement>();
        end = "";
        while (Current.Kind != TokenKind.End)
        {
            var token = Next();
            if (token.Kind == TokenKind.Text)
            {
                body.Add(new TextStatement(token.Text, token.Line));
            }
            else if (token.Kind == TokenKind.OpenOutput)
            {
                body.Add(new OutputStatement(ReadTupleOrExpression(), token.Line));
                Expect(TokenKind.CloseOutput, "'}}'");
            }
            else
            {
                var name = Expect(TokenKind.Name, "a statement");
                if (ends.Contains(name.Text))
                {
                    end = name.Text;
                    _nesting--;
                    return body;
                }

                body.Add(ReadStatement(name));
            }
        }

        if (ends.Length > 0) throw new ChatTemplateException($"a block is not closed by {{% {ends[^1]} %}}.", Current.Line);
        _nesting--;
        return body;
    }

    private Statement ReadStatement(Token name)
    {
        switch (name.Text)
        {
            case "if": return ReadIf(name.Line);
            case "for": return ReadFor(name.Line);
            case "set": return ReadSet(name.Line);
            case "macro": return new MacroStatement(ReadMacro("endmacro"), name.Line);
            case "call": return ReadCall(name.Line);
            case "filter": return ReadFilterBlock(name.Line);
            case "generation":
                Close();
                return new PlainBlock(ReadClosed("endgeneration"), name.Line);
            case "break":
                Close();
                return new LoopControl(Flow.Break, name.Line);
            case "continue":
                Close();
                return new LoopControl(Flow.Continue, name.Line);
            default:
                throw new ChatTemplateException($"the statement '{name.Text}' is not known. Known: if, for, set, macro, call, filter, generation, break, continue, raw.", name.Line);
        }
    }

    private void Close() => Expect(TokenKind.CloseBlock, "'%}'");

    private List<Statement> ReadClosed(string end)
    {
        var body = ReadBody([end]);
        Close();
        return body;
    }

    private IfStatement ReadIf(int line)
    {
        var branches = new List<(Expression?, IReadOnlyList<Statement>)>();
        Expression? test = ReadTupleOrExpression();
        while (true)
        {
            Close();
            var body = ReadBody(test is null ? ["endif"] : ["elif", "else", "endif"], out var end);
            branches.Add((test, body));
            if (end == "endif") break;
            test = end == "elif" ? ReadTupleOrExpression() : null;
        }

        Close();
        return new IfStatement(branches, line);
    }

    private ForStatement ReadFor(int line)
    {
        var target = ReadTarget();
        if (!Accept(TokenKind.Name, "in")) throw Unexpected("'in'");
        var items = ReadTupleOrExpression(allowConditional: false);
        var condition = Accept(TokenKind.Name, "if") ? ReadExpression() : null;
        Accept(TokenKind.Name, "recursive");
        Close();
        var body = ReadBody(["else", "endfor"], out var end);
        List<Statement> otherwise = [];
        if (end == "else")
        {
            Close();
            otherwise = ReadBody(["endfor"]);
        }

        Close();
        return new ForStatement(target, items, condition, body, otherwise, line);
    }

    private Expression ReadTarget()
    {
        var line = Current.Line;
        var bracket = Accept(TokenKind.Operator, "(");
        var names = new List<Expression>();
        do
        {
            var name = Expect(TokenKind.Name, "a name");
            Expression target = new Name(name.Text, name.Line);
            while (Accept(TokenKind.Operator, ".")) target = new Member(target, Expect(TokenKind.Name, "a member's name").Text, name.Line);
            names.Add(target);
        }
        while (Accept(TokenKind.Operator, ","));

        if (bracket) ExpectOperator(")");
        return names.Count == 1 ? names[0] : new ListDisplay(names, true, line);
    }

    private SetStatement ReadSet(int line)
    {
        var target = ReadTarget();
        if (Accept(TokenKind.Operator, "="))
        {
            var value = ReadTupleOrExpression();
            Close();
            return new SetStatement(target, value, null, [], line);
        }

        var filters = new List<(string, ArgumentList)>();
        while (Accept(TokenKind.Operator, "|")) filters.Add(ReadFilterName());
        Close();
        return new SetStatement(target, null, ReadClosed("endset"), filters, line);
    }

    private (string, ArgumentList) ReadFilterName()
    {
        var name = Expect(TokenKind.Name, "a filter").Text;
        return (name, Accept(TokenKind.Operator, "(") ? ReadArguments() : ArgumentList.Empty);
    }

    private FilterBlock ReadFilterBlock(int line)
    {
        var names = new List<(string, ArgumentList)> { ReadFilterName() };
        while (Accept(TokenKind.Operator, "|")) names.Add(ReadFilterName());
        Close();
        return new FilterBlock(names, ReadClosed("endfilter"), line);
    }

    private Macro ReadMacro(string end)
    {
        var name = Expect(TokenKind.Name, "the macro's name").Text;
        ExpectOperator("(");
        var parameters = ReadParameters();
        Close();
        return new Macro(name, parameters, ReadClosed(end));
    }

    private List<(string, Expression?)> ReadParameters()
    {
        var parameters = new List<(string, Expression?)>();
        while (!Accept(TokenKind.Operator, ")"))
        {
            var name = Expect(TokenKind.Name, "a parameter").Text;
            parameters.Add((name, Accept(TokenKind.Operator, "=") ? ReadExpression() : null));
            if (!Current.Is(TokenKind.Operator, ")")) ExpectOperator(",");
        }

        return parameters;
    }

    private CallBlock ReadCall(int line)
    {
        var parameters = Accept(TokenKind.Operator, "(") ? ReadParameters() : [];
        if (ReadExpression() is not Call call) throw new ChatTemplateException("a call block needs a call of a macro.", line);
        Close();
        return new CallBlock(call, new Macro("caller", parameters, ReadClosed("endcall")), line);
    }
}
