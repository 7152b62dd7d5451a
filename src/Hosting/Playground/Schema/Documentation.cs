using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Decant.Decoding;

namespace Decant.Hosting;

/// <summary>The documentation comments of Decant.Decoding as people read them who write JSON: names are those on the wire, in backticks.</summary>
internal static partial class Documentation
{
    private static readonly Lazy<Dictionary<string, XElement>> _members = new(Load);

    /// <summary>What a type is; empty where nothing is said.</summary>
    public static string Summary(Type type) => Text("T:" + type.FullName, "summary");

    /// <summary>What a property or a value of an enum is; empty where nothing is said.</summary>
    public static string Summary(MemberInfo member) => Text($"{(member is PropertyInfo ? 'P' : 'F')}:{member.DeclaringType!.FullName}.{member.Name}", "summary");

    /// <summary>What else there is to know of a type; empty where nothing is said.</summary>
    public static string Remarks(Type type) => Text("T:" + type.FullName, "remarks");

    private static string Text(string name, string part)
    {
        if (_members.Value.GetValueOrDefault(name) is not { } member) return "";
        if ((string?)member.Element("inheritdoc")?.Attribute("cref") is { } origin) return Text(origin, part);
        if (member.Element(part) is not { } element) return "";
        var text = new StringBuilder();
        Write(element, text);
        return Newlines().Replace(Blanks().Replace(text.ToString(), " "), "\n").Trim();
    }

    private static void Write(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
        {
            if (node is XText words) text.Append(words.Value.ReplaceLineEndings(" "));
            if (node is not XElement child) continue;
            switch (child.Name.LocalName)
            {
                case "see":
                    text.Append('`').Append(child.Attribute("cref") is { } reference ? WireName(reference.Value) : (string?)child.Attribute("langword") ?? child.Value).Append('`');
                    break;
                case "paramref":
                    text.Append('`').Append(JsonNamingPolicy.SnakeCaseLower.ConvertName((string)child.Attribute("name")!)).Append('`');
                    break;
                case "c" or "code":
                    text.Append('`').Append(child.Value.Trim()).Append('`');
                    break;
                default:
                    Write(child, text);
                    text.Append('\n');
                    break;
            }
        }
    }

    private static string WireName(string reference)
    {
        var name = reference[(reference.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var last = name.Split('(')[0].Split('.')[^1].Split('`')[0];
        return reference[0] switch
        {
            'T' => StrategyTypes.Kind(name) ?? last,
            'P' => JsonNamingPolicy.SnakeCaseLower.ConvertName(last),
            'F' => JsonNamingPolicy.KebabCaseLower.ConvertName(last),
            _ => last,
        };
    }

    private static Dictionary<string, XElement> Load()
    {
        using var stream = typeof(Documentation).Assembly.GetManifestResourceStream($"{typeof(Strategy).Assembly.GetName().Name}.xml")!;
        return XDocument.Load(stream, LoadOptions.PreserveWhitespace).Descendants("member").ToDictionary(member => (string)member.Attribute("name")!);
    }

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex Newlines();
}
