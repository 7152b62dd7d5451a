namespace Decant.Connectors.Prompting.Jinja;

/// <summary>A place in a list of tokens that ends with <see cref="TokenKind.End"/>.</summary>
internal abstract class TokenReader(List<Token> tokens)
{
    private int _at;

    protected Token Current => tokens[_at];

    protected Token After => tokens[_at + 1];

    protected Token Next() => tokens[_at++];

    protected bool Accept(TokenKind kind, string text)
    {
        if (!Current.Is(kind, text)) return false;
        _at++;
        return true;
    }

    protected Token Expect(TokenKind kind, string what)
    {
        if (Current.Kind != kind) throw Unexpected(what);
        return Next();
    }

    protected void ExpectOperator(string text)
    {
        if (!Accept(TokenKind.Operator, text)) throw Unexpected($"'{text}'");
    }

    protected ChatTemplateException Unexpected(string expected) =>
        new($"expected {expected}, found {(Current.Kind == TokenKind.End ? "the end" : Current.Text.Length > 0 ? $"'{Current.Text}'" : "the end of a tag")}.", Current.Line);

    protected void Back() => _at--;
}
