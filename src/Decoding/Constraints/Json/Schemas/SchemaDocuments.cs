using System.Text.Json;

namespace Decant.Decoding;

/// <summary>Schemas by URI and anchor. Does not know what keywords mean, only where there are schemas in them.</summary>
internal sealed class SchemaDocuments
{
    private static readonly Uri _unnamed = new("json-schema:///schema");
    private static readonly HashSet<string> _withSchema = ["additionalItems", "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"];
    private static readonly HashSet<string> _withSchemas = ["$defs", "allOf", "anyOf", "definitions", "dependencies", "dependentSchemas", "items", "oneOf", "patternProperties", "prefixItems", "properties"];
    private readonly Dictionary<string, SchemaResource> _resources = [];
    private readonly JsonSchemaOptions _settings;

    public SchemaDocuments(JsonElement schema, JsonSchemaOptions settings)
    {
        _settings = settings;
        Root = Add(schema, _unnamed, isDraft7: false);
    }

    /// <summary>The schema.</summary>
    public SchemaNode Root { get; }

    /// <summary>The schema that a <c>$ref</c> names.</summary>
    /// <param name="from">The schema that has it.</param>
    /// <param name="keyword">What the keyword is called.</param>
    /// <param name="reference">What it says.</param>
    /// <exception cref="JsonSchemaException">There is no such schema.</exception>
    public SchemaNode Resolve(SchemaNode from, string keyword, string reference)
    {
        var hash = reference.IndexOf('#');
        var (uri, fragment) = hash < 0 ? (reference, "") : (reference[..hash], Uri.UnescapeDataString(reference[(hash + 1)..]));
        var resource = uri.Length == 0 ? from.Resource : FindResource(from, keyword, uri);
        if (fragment.Length == 0) return resource.Root!;
        if (fragment[0] != '/')
            return resource.Anchors.GetValueOrDefault(fragment) ?? throw new JsonSchemaException(from.Pointer, keyword, $"no schema has the anchor \"{fragment}\".");

        var node = resource.Root!;
        foreach (var segment in fragment[1..].Split('/'))
        {
            node = node.Child(segment.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))
                ?? throw new JsonSchemaException(from.Pointer, keyword, $"there is no \"{reference}\" in the schema.");
        }

        return node;
    }

    private SchemaResource FindResource(SchemaNode from, string keyword, string reference)
    {
        if (!Uri.TryCreate(from.Resource.Uri, reference, out var uri)) throw new JsonSchemaException(from.Pointer, keyword, $"\"{reference}\" is not a URI.");
        var name = uri.AbsoluteUri;
        if (_resources.TryGetValue(name, out var known)) return known;
        var document = _settings.FindDocument(name)
            ?? throw JsonSchemaException.Unsupported(from.Pointer, keyword, $"the schema \"{name}\" is not at hand, and none is downloaded. Put it into $defs with that $id, or into Documents.");
        var root = Add(document, uri, from.Resource.IsDraft7);

        // It may call itself otherwise.
        return _resources[name] = root.Resource;
    }

    private SchemaNode Add(JsonElement document, Uri uri, bool isDraft7)
    {
        var outer = new SchemaResource(uri, isDraft7);
        var root = new SchemaNode(document, outer);
        outer.Root = root;
        _resources.TryAdd(uri.AbsoluteUri, outer);

        // No recursion: a schema may be nested deeply.
        var work = new Stack<(SchemaNode Node, SchemaResource Resource)>([(root, outer)]);
        while (work.TryPop(out var at))
        {
            var resource = at.Node.Resource = Index(at.Node, at.Resource);
            if (at.Node.Element.ValueKind != JsonValueKind.Object) continue;
            foreach (var (keyword, value) in at.Node.Children)
            {
                value.Resource = resource;
                if (_withSchema.Contains(keyword) && value.Element.ValueKind != JsonValueKind.Array) work.Push((value, resource));
                else if (_withSchemas.Contains(keyword)) foreach (var child in value.Children.Values) work.Push((child, resource));
            }
        }

        return root;
    }

    // What a schema is called.
    private SchemaResource Index(SchemaNode node, SchemaResource resource)
    {
        if (node.Element.ValueKind != JsonValueKind.Object) return resource;
        var isDraft7 = Draft(node, resource);

        // In draft 7 nothing counts beside a reference.
        if ((isDraft7 && node.Child("$ref") is not null ? null : Text(node, "$id")) is { } id)
        {
            var hash = id.IndexOf('#');
            if (hash > 0 || (hash < 0 && id.Length > 0))
            {
                if (!Uri.TryCreate(resource.Uri, hash < 0 ? id : id[..hash], out var uri)) throw new JsonSchemaException(node.Pointer, "$id", $"\"{id}\" is not a URI.");
                resource = new SchemaResource(uri, isDraft7) { Root = node };
                _resources[uri.AbsoluteUri] = resource;
            }

            // Before there was $anchor.
            if (isDraft7 && hash >= 0 && hash < id.Length - 1) resource.Anchors[id[(hash + 1)..]] = node;
        }
        else if (isDraft7 != resource.IsDraft7)
        {
            resource = _resources[resource.Uri.AbsoluteUri] = new SchemaResource(resource.Uri, isDraft7) { Root = node };
        }

        if (isDraft7) return resource;
        if (Text(node, "$anchor") is { } anchor) resource.Anchors[anchor] = node;
        if (Text(node, "$dynamicAnchor") is { } dynamicAnchor)
        {
            resource.Anchors[dynamicAnchor] = node;
            resource.DynamicAnchors.Add(dynamicAnchor);
        }

        return resource;
    }

    private static bool Draft(SchemaNode node, SchemaResource resource) => Text(node, "$schema")?.TrimEnd('#') switch
    {
        null => resource.IsDraft7,
        "https://json-schema.org/draft/2020-12/schema" => false,
        "http://json-schema.org/draft-07/schema" or "https://json-schema.org/draft-07/schema" => true,
        var other => throw JsonSchemaException.Unsupported(node.Pointer, "$schema", $"\"{other}\" is not known. Known are \"https://json-schema.org/draft/2020-12/schema\" and \"http://json-schema.org/draft-07/schema#\"."),
    };

    private static string? Text(SchemaNode node, string keyword) => node.Child(keyword) is { Element.ValueKind: JsonValueKind.String } child ? child.Element.GetString() : null;
}
