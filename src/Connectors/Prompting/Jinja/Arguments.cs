namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Evaluated arguments.</summary>
internal sealed class Arguments(RenderContext context)
{
    public RenderContext Context => context;

    public List<object?> Positional { get; } = [];

    public Dictionary<string, object?> Named { get; } = new(StringComparer.Ordinal);

    public int Count => Positional.Count + Named.Count;

    public bool Has(int index, string name) => index < Positional.Count || Named.ContainsKey(name);

    /// <summary>The argument at a position or of a name, or <paramref name="otherwise"/>.</summary>
    public object? Get(int index, string name, object? otherwise = null) =>
        index < Positional.Count ? Positional[index] : Named.TryGetValue(name, out var value) ? value : otherwise;

    public string Text(int index, string name, string otherwise = "") => Has(index, name) ? Values.Text(Get(index, name)) : otherwise;

    public bool Flag(int index, string name, bool otherwise = false) => Has(index, name) ? Values.IsTrue(Get(index, name)) : otherwise;

    public long Integer(int index, string name, long otherwise = 0) => Get(index, name) switch
    {
        null or Undefined => otherwise,
        var value when Values.Number(value) is { } number => (long)number,
        var value => throw new ChatTemplateException($"{name} must be a number, not {Values.TypeName(value)}."),
    };
}
