namespace Decant.Decoding;

/// <summary>A schema with a URI of its own, which references in it are relative to.</summary>
/// <param name="uri">Its URI.</param>
/// <param name="isDraft7">Whether it is read as draft 7 says.</param>
internal sealed class SchemaResource(Uri uri, bool isDraft7)
{
    public Uri Uri => uri;

    public bool IsDraft7 => isDraft7;

    /// <summary>Its outermost schema. Set once it is known.</summary>
    public SchemaNode? Root { get; set; }

    /// <summary>Its schemas by anchor.</summary>
    public Dictionary<string, SchemaNode> Anchors { get; } = [];

    /// <summary>Those of them that a <c>$dynamicRef</c> finds from outside.</summary>
    public HashSet<string> DynamicAnchors { get; } = [];
}
