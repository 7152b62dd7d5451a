using System.Text.Json;

namespace Decant.Decoding;

/// <summary>Makes <see cref="Formula"/>s, each only once, and simplifies as it does.</summary>
internal sealed class FormulaPool
{
    // Ordinary schemas have hundreds. Contradictions in a tower of negations have no end.
    private const int MaxFormulas = 200_000;
    private readonly Dictionary<(SchemaNode, SchemaScope), Formula> _schemas = [];
    private readonly Dictionary<Formula, Formula> _nots = [];
    private readonly Dictionary<(FormulaKind Kind, string Parts), Formula> _joined = [];
    private int _count;

    public FormulaPool()
    {
        Anything = new Formula { Kind = FormulaKind.Anything, Id = NextId() };
        Nothing = new Formula { Kind = FormulaKind.Nothing, Id = NextId() };
    }

    /// <summary>Any value.</summary>
    public Formula Anything { get; }

    /// <summary>No value.</summary>
    public Formula Nothing { get; }

    public Formula Schema(SchemaNode node, SchemaScope scope)
    {
        if (node.Element.ValueKind == JsonValueKind.True) return Anything;
        if (node.Element.ValueKind == JsonValueKind.False) return Nothing;
        scope = scope.Enter(node.Resource);
        return _schemas.TryGetValue((node, scope), out var known)
            ? known
            : _schemas[(node, scope)] = new Formula { Kind = FormulaKind.Schema, Id = NextId(), Schema = node, Scope = scope };
    }

    /// <summary>One value. As it is met only once, it is not looked up.</summary>
    public Formula Constant(JsonElement value) => new() { Kind = FormulaKind.Constant, Id = NextId(), Constant = value };

    public Formula Not(Formula part)
    {
        if (part == Anything) return Nothing;
        if (part == Nothing) return Anything;
        if (part.Kind == FormulaKind.Not) return part.Parts[0];
        return _nots.TryGetValue(part, out var known) ? known : _nots[part] = new Formula { Kind = FormulaKind.Not, Id = NextId(), Parts = [part] };
    }

    public Formula And(params ReadOnlySpan<Formula> parts) => Join(FormulaKind.And, parts, neutral: Anything, decisive: Nothing);

    public Formula Or(params ReadOnlySpan<Formula> parts) => Join(FormulaKind.Or, parts, neutral: Nothing, decisive: Anything);

    private Formula Join(FormulaKind kind, ReadOnlySpan<Formula> parts, Formula neutral, Formula decisive)
    {
        var flat = new SortedSet<Formula>(Comparer<Formula>.Create(static (left, right) => left.Id.CompareTo(right.Id)));
        foreach (var part in parts)
        {
            if (part == decisive) return decisive;
            if (part.Kind == kind) flat.UnionWith(part.Parts);
            else if (part != neutral) flat.Add(part);
        }

        foreach (var part in flat)
        {
            if (part.Kind == FormulaKind.Not && flat.Contains(part.Parts[0])) return decisive;
        }

        if (flat.Count < 2) return flat.Count == 0 ? neutral : flat.Min!;
        var key = (kind, string.Join(' ', flat.Select(part => part.Id)));
        return _joined.TryGetValue(key, out var known) ? known : _joined[key] = new Formula { Kind = kind, Id = NextId(), Parts = [.. flat] };
    }

    private int NextId() => _count < MaxFormulas ? _count++ : throw new ConstraintLimitException($"its schemas combine in more than {MaxFormulas:N0} ways");
}
