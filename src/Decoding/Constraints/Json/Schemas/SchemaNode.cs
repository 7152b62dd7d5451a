using System.Text;
using System.Text.Json;

namespace Decant.Decoding;

/// <summary>A place in a schema document. Found again by walking there from its parent, so a place is one object.</summary>
internal sealed class SchemaNode
{
    private readonly SchemaNode? _parent;
    private readonly string _segment;
    private Dictionary<string, SchemaNode>? _children;

    public SchemaNode(JsonElement element, SchemaResource resource) => (Element, Resource, _segment) = (element, resource, "");

    private SchemaNode(SchemaNode parent, string segment, JsonElement element) => (_parent, _segment, Element, Resource) = (parent, segment, element, parent.Resource);

    public JsonElement Element { get; }

    /// <summary>What its references are relative to.</summary>
    public SchemaResource Resource { get; set; }

    /// <summary>Its JSON pointer in the document.</summary>
    public string Pointer
    {
        get
        {
            var segments = new Stack<string>();
            for (var node = this; node._parent is not null; node = node._parent) segments.Push(node._segment);
            var pointer = new StringBuilder();
            foreach (var segment in segments) pointer.Append('/').Append(segment.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
            return pointer.ToString();
        }
    }

    /// <summary>What is one step further in, or null.</summary>
    public SchemaNode? Child(string segment) => Children.GetValueOrDefault(segment);

    /// <summary>Everything one step further in: members by name, items by number, in order.</summary>
    public IReadOnlyDictionary<string, SchemaNode> Children => _children ??= Element.ValueKind switch
    {
        // Of a name that comes twice the last member counts, as for most readers.
        JsonValueKind.Object => new(Element.EnumerateObject().GroupBy(member => member.Name).Select(group => Make(group.Key, group.Last().Value))),
        JsonValueKind.Array => new(Element.EnumerateArray().Select((item, i) => Make(i.ToString(), item))),
        _ => [],
    };

    private KeyValuePair<string, SchemaNode> Make(string segment, JsonElement element) => new(segment, new SchemaNode(this, segment, element));
}
