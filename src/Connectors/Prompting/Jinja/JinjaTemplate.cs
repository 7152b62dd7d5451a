namespace Decant.Connectors.Prompting.Jinja;

/// <summary>A parsed template. Immutable; each rendering has a context of its own.</summary>
internal sealed class JinjaTemplate(string source, bool trimBlocks = true, bool lstripBlocks = true)
{
    private readonly IReadOnlyList<Statement> _body = new Parser(Lexer.Read(source, trimBlocks, lstripBlocks)).ReadTemplate();

    public string Render(IEnumerable<KeyValuePair<string, object?>> variables, TimeProvider? time = null)
    {
        var context = new RenderContext();
        Globals.Define(context.Scope, time ?? TimeProvider.System);
        foreach (var (name, value) in variables) context.Scope.Set(name, Values.From(value));
        context.Scope = new Scope(context.Scope);
        try
        {
            Statement.RunAll(_body, context);
            return context.Output;
        }
        catch (InvalidOperationException exception) when (exception.InnerException is ChatTemplateException inner)
        {
            // Sorting wraps what a comparison throws.
            throw inner;
        }
    }
}
