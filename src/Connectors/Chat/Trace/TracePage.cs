using System.Text;
using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>Shows traces to a person: one HTML file that needs nothing else, with every token and what each stage made of it.</summary>
public static class TracePage
{
    private const string Placeholder = "{{traces}}";
    private static readonly Lazy<(string Before, string After)> _template = new(Load);

    /// <summary>The page of some traces, side by side.</summary>
    /// <param name="traces">At least one.</param>
    public static string Render(params IEnumerable<DecodingTrace> traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        // The JSON writes every <, > and & as \u escapes, so no text can end the script it lies in; the page puts all of it in as text.
        var data = string.Join(",\n", traces.Select(trace => trace.ToJson()));
        if (data.Length == 0) throw new ArgumentException("There is no trace to show. Ask for one with DecodingOptions.Trace.", nameof(traces));
        return new StringBuilder(_template.Value.Before).Append('[').Append(data).Append(']').Append(_template.Value.After).ToString();
    }

    private static (string, string) Load()
    {
        using var stream = typeof(TracePage).Assembly.GetManifestResourceStream($"{nameof(TracePage)}.html")!;
        using var reader = new StreamReader(stream);
        var parts = reader.ReadToEnd().Split(Placeholder);
        return (parts[0], parts[1]);
    }
}
