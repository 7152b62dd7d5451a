using System.Text.Json;

namespace Decant.Decoding;

/// <summary>What a value must be, said with schemas that have yet to be read. A <see cref="FormulaPool"/> makes each only once, so a schema that contains itself has finitely many.</summary>
internal sealed class Formula
{
    public required FormulaKind Kind { get; init; }

    public required int Id { get; init; }

    /// <summary>For <see cref="FormulaKind.And"/> and <see cref="FormulaKind.Or"/> two or more, by <see cref="Id"/>; for <see cref="FormulaKind.Not"/> one.</summary>
    public Formula[] Parts { get; init; } = [];

    /// <summary>For <see cref="FormulaKind.Schema"/>.</summary>
    public SchemaNode? Schema { get; init; }

    /// <summary>For <see cref="FormulaKind.Schema"/>: how a reader came there.</summary>
    public SchemaScope? Scope { get; init; }

    /// <summary>For <see cref="FormulaKind.Constant"/>.</summary>
    public JsonElement Constant { get; init; }
}

/// <summary>What a <see cref="Formula"/> is.</summary>
internal enum FormulaKind
{
    /// <summary>Any value.</summary>
    Anything,

    /// <summary>No value.</summary>
    Nothing,

    /// <summary>What a schema allows.</summary>
    Schema,

    /// <summary>One value.</summary>
    Constant,

    /// <summary>What another does not allow.</summary>
    Not,

    /// <summary>What all of several allow.</summary>
    And,

    /// <summary>What any of several allows.</summary>
    Or,
}
