namespace Decant.Decoding;

/// <summary>A set of objects.</summary>
/// <param name="Named">Members by name, in order.</param>
/// <param name="Others">What the other members are, by languages of names: every name belongs to exactly one of them, but counts as <paramref name="Named"/> says where it is there.</param>
internal sealed record ObjectShape(IReadOnlyList<NamedMember> Named, IReadOnlyList<MemberClass> Others)
{
    /// <summary>The fewest members.</summary>
    public long Min { get; init; }

    /// <summary>The schema that says so.</summary>
    public SchemaNode? MinSource { get; init; }

    /// <summary>The most members; null for any number.</summary>
    public long? Max { get; init; }

    /// <summary>The schema that says so.</summary>
    public SchemaNode? MaxSource { get; init; }

    /// <summary>For each, there is a member with such a name and such a value.</summary>
    public IReadOnlyList<MemberClass> Some { get; init; } = [];
}

/// <summary>A member of an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What it is, if it is there.</param>
/// <param name="IsRequired">Whether it is.</param>
internal sealed record NamedMember(string Name, Formula Value, bool IsRequired);

/// <summary>Members of an object.</summary>
/// <param name="Names">The names, as contents of texts.</param>
/// <param name="Value">What they are.</param>
internal sealed record MemberClass(ByteRegex Names, Formula Value);
