namespace Decant.Decoding;

/// <summary>Sets of JSON values as rules: one for each formula that has arrays or objects, made when it is first met.</summary>
internal sealed class JsonRules
{
    // A double has no more.
    private const int MaxExponentDigits = 2;
    private readonly GrammarBuilder _builder;
    private readonly SchemaReader _reader;
    private readonly JsonSchemaOptions _settings;
    private readonly JsonSyntax _syntax;
    private readonly JsonText _text;
    private readonly ArrayRules _arrays;
    private readonly ObjectRules _objects;
    private readonly Dictionary<Formula, GrammarExpression> _rules = [];
    private readonly Queue<(JsonValues Values, GrammarExpression Rule)> _open = [];

    public JsonRules(GrammarBuilder builder, SchemaReader reader, JsonSchemaOptions settings)
    {
        (_builder, _reader, _settings) = (builder, reader, settings);
        (_syntax, _text) = (new JsonSyntax(builder.Pool, settings.Whitespace), new JsonText(builder.Pool));
        _arrays = new ArrayRules(builder, reader, _syntax, new DistinctItems(builder, reader, _syntax, _text), Value);
        _objects = new ObjectRules(builder, reader, _syntax, _text, settings.PropertyOrder, Value);
    }

    /// <summary>The texts of the values that a formula is about.</summary>
    public GrammarExpression Describe(Formula root)
    {
        var value = Value(root);
        while (_open.TryDequeue(out var next))
        {
            _builder.Define(next.Rule, GrammarExpression.Choice(
                [Scalars(next.Values), .. next.Values.Arrays.Select(_arrays.Describe), .. next.Values.Objects.Select(_objects.Describe)]));
        }

        var space = _builder.Terminal(_syntax.Space);
        return GrammarExpression.Sequence(space, value, space);
    }

    private GrammarExpression Value(Formula formula)
    {
        if (_rules.TryGetValue(formula, out var known)) return known;
        var values = _reader.ExpandInner(formula);
        if (values.Arrays.Count == 0 && values.Objects.Count == 0) return _rules[formula] = Scalars(values);
        var rule = _rules[formula] = _builder.Declare("value");
        _open.Enqueue((values, rule));
        return rule;
    }

    private GrammarExpression Scalars(JsonValues values)
    {
        var pool = _builder.Pool;
        var ways = new List<ByteRegex>();
        if (values.Null) ways.Add(pool.Literal("null"));
        if (values.True) ways.Add(pool.Literal("true"));
        if (values.False) ways.Add(pool.Literal("false"));
        var isShort = _settings.Numbers == JsonNumberForm.Shortest;
        if (values.Numbers == _reader.Numbers.All) ways.Add(_reader.Numbers.Json(isShort ? MaxExponentDigits : null));
        else if (values.Numbers.Kind != RegexKind.Nothing) ways.Add(isShort ? pool.And(values.Numbers, _reader.Numbers.Shortest) : values.Numbers);
        if (!_builder.Derivatives.IsEmpty(values.Strings)) ways.Add(_text.Quoted(values.Strings));
        return ways.Count == 0 ? GrammarExpression.Nothing : _builder.Terminal(pool.Or([.. ways]));
    }
}
