using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Decant.Decoding;

/// <summary>Reads schemas as sets of values, one level at a time: what is inside arrays and objects stays a <see cref="Formula"/> until somebody asks.</summary>
internal sealed class SchemaReader
{
    private const int LookAhead = 3;
    private readonly GrammarBuilder _builder;
    private readonly JsonSchemaOptions _settings;
    private readonly ScalarKeywords _scalars;
    private readonly IReadOnlyList<(string Keyword, Func<SchemaPlace, JsonValues> Read)> _assertions;
    private readonly Applicators _applicators;
    private readonly Dictionary<Formula, JsonValues> _known = [];
    private readonly HashSet<Formula> _open = [];

    public SchemaReader(GrammarBuilder builder, JsonElement schema, JsonSchemaOptions settings)
    {
        (_builder, _settings) = (builder, settings);
        Numbers = new NumberLanguage(builder.Pool);
        Objects = new ObjectAlgebra(builder.Pool, builder.Derivatives, Formulas);
        Algebra = new JsonAlgebra(builder.Pool, builder.Derivatives, Formulas, Numbers, Objects);
        _scalars = new ScalarKeywords(builder.Pool, Algebra, Numbers, Formulas, settings.EnforceFormats ? new FormatLanguage(builder.Pool) : null);
        var objects = new ObjectKeywords(this, builder.Pool, Objects, Algebra, _scalars, Formulas);
        var arrays = new ArrayKeywords(Algebra, Formulas);
        _assertions = [.. _scalars.All, .. objects.All, .. arrays.All];
        var documents = new SchemaDocuments(schema, settings);
        _applicators = new Applicators(this, builder.Pool, documents, objects, arrays);
        Root = Formulas.Schema(documents.Root, SchemaScope.Start());
    }

    public FormulaPool Formulas { get; } = new();

    public NumberLanguage Numbers { get; }

    public JsonAlgebra Algebra { get; }

    public ObjectAlgebra Objects { get; }

    /// <summary>The schema.</summary>
    public Formula Root { get; }

    /// <summary>The values of a formula.</summary>
    /// <exception cref="JsonSchemaException">A schema that it is about has a keyword that is not valid or cannot be enforced.</exception>
    public JsonValues Expand(Formula formula)
    {
        if (_known.TryGetValue(formula, out var known)) return known;
        EnsureStack();
        if (!_open.Add(formula)) throw new RecursiveSchemaException();
        try
        {
            return _known[formula] = formula.Kind switch
            {
                FormulaKind.Anything => Algebra.Anything,
                FormulaKind.Nothing => Algebra.Nothing,
                FormulaKind.Constant => _scalars.Constants([formula.Constant]),
                FormulaKind.Not => Algebra.Complement(Expand(formula.Parts[0])),
                FormulaKind.And => formula.Parts.Select(Expand).Aggregate(Algebra.Intersect),
                FormulaKind.Or => formula.Parts.Select(Expand).Aggregate(Algebra.Unite),
                _ => Read(new SchemaPlace(formula.Schema!, formula.Scope!), track: false).Select(reading => reading.Values).Aggregate(Algebra.Nothing, Algebra.Unite),
            };
        }
        finally
        {
            _open.Remove(formula);
        }
    }

    /// <summary>The values of a formula that has nothing to do with another that is being read. Where they cannot be told and the settings are lenient, anything.</summary>
    public JsonValues ExpandInner(Formula formula)
    {
        var values = Algebra.Anything;
        try
        {
            Attempt(() => values = Expand(formula));
            return values;
        }
        catch (RecursiveSchemaException error)
        {
            throw error.Reference!;
        }
    }

    /// <summary>The readings of a schema: its values are those of all of them.</summary>
    /// <param name="at">The schema.</param>
    /// <param name="track">Whether what it looks at matters. Where it does, each way of looking is a reading of its own.</param>
    public IReadOnlyList<SchemaReading> Read(SchemaPlace at, bool track)
    {
        EnsureStack();
        switch (at.Node.Element.ValueKind)
        {
            case JsonValueKind.True:
                return [Reading(Algebra.Anything)];
            case JsonValueKind.False:
                return [];
            case JsonValueKind.Object:
                break;
            default:
                throw new JsonSchemaException(at.Node.Pointer, "schema", "a schema is an object, true or false.");
        }

        if (at.Node.Resource.IsDraft7 && at.Keyword("$ref") is not null) return _applicators.Reference(at, "$ref", track);
        var values = Algebra.Anything;
        foreach (var (keyword, read) in _assertions)
        {
            if (at.Keyword(keyword) is not null) Attempt(() => values = Algebra.Intersect(values, read(at)));
        }

        return _applicators.Apply(at, Reading(values), track);
    }

    /// <summary>Does what a keyword asks for, or warns that it is not done.</summary>
    public void Attempt(Action read)
    {
        try
        {
            read();
        }
        catch (JsonSchemaException error) when (error.Warning is not null && _settings.Lenient)
        {
            if (!_builder.Warnings.Contains(error.Warning)) _builder.Warnings.Add(error.Warning);
        }
    }

    /// <summary>Values of which a schema looks at nothing.</summary>
    public SchemaReading Reading(JsonValues values) => new(values, _builder.Pool.Nothing, 0, []);

    /// <summary>Whether two formulas are known to have no value in common.</summary>
    public bool AreDisjoint(Formula left, Formula right) => IsNothing(Formulas.And(left, right), LookAhead);

    private static void EnsureStack()
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new ConstraintLimitException("its schemas are nested too deeply without an array or object between them");
    }

    // A few levels deep: what cannot be told there, or is being read, may have values.
    private bool IsNothing(Formula formula, int depth)
    {
        if (formula == Formulas.Nothing) return true;
        if (depth == 0) return false;
        try
        {
            return Algebra.IsNothing(Expand(formula), inner => IsNothing(inner, depth - 1));
        }
        catch (Exception error) when (error is RecursiveSchemaException or JsonSchemaException or ConstraintLimitException)
        {
            // It is said where it matters.
            return false;
        }
    }
}
