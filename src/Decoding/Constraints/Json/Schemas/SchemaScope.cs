namespace Decant.Decoding;

/// <summary>
/// Through which resources a reader came to a schema, the first first, as far as a <c>$dynamicRef</c> may ask for it: those with dynamic anchors, each once. One object for each such way.
/// </summary>
internal sealed class SchemaScope
{
    private readonly Dictionary<SchemaResource, SchemaScope> _next = [];
    private readonly IReadOnlyList<SchemaResource> _resources;

    private SchemaScope(IReadOnlyList<SchemaResource> resources) => _resources = resources;

    /// <summary>The way of a reader that has not begun.</summary>
    public static SchemaScope Start() => new([]);

    /// <summary>The way further into a resource.</summary>
    public SchemaScope Enter(SchemaResource resource)
    {
        if (resource.DynamicAnchors.Count == 0 || _resources.Contains(resource)) return this;
        if (!_next.TryGetValue(resource, out var next)) _next[resource] = next = new SchemaScope([.. _resources, resource]);
        return next;
    }

    /// <summary>The outermost schema with a dynamic anchor of a name, or null.</summary>
    public SchemaNode? Find(string anchor) => _resources.FirstOrDefault(resource => resource.DynamicAnchors.Contains(anchor))?.Anchors[anchor];
}
