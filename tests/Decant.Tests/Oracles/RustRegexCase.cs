using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Decant.Tests;

/// <summary>A case of the test suite of Rust's regex crate: a pattern, a text and where in it the pattern matches. Of its TOML, only what these files have in them is read.</summary>
/// <param name="Name">File and name.</param>
/// <param name="Members">Everything that is said, as written, but for the three below.</param>
/// <param name="Pattern">The pattern; null where there are several.</param>
/// <param name="Text">The text; null where it is not UTF-8.</param>
/// <param name="Matches">Where it matches, as written.</param>
internal sealed partial record RustRegexCase(string Name, IReadOnlyDictionary<string, string> Members, string? Pattern, string? Text, string Matches)
{
    public static IEnumerable<RustRegexCase> Load(string archive)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (!entry.Name.EndsWith(".toml", StringComparison.Ordinal)) continue;
            using var reader = new StreamReader(entry.DataStream!);
            foreach (var block in $"\n{reader.ReadToEnd()}".Split("\n[[test]]").Skip(1)) yield return Read(Path.GetFileNameWithoutExtension(entry.Name), block);
        }
    }

    private static RustRegexCase Read(string file, string block)
    {
        var members = Member().Matches(block).ToDictionary(member => member.Groups["key"].Value, member => member.Groups["value"].Value.Trim());
        var text = Unquote(members["haystack"])!;
        var bytes = members.ContainsKey("unescape") ? Unescape(text) : Encoding.UTF8.GetBytes(text);
        var isText = System.Text.Unicode.Utf8.IsValid(bytes);
        return new(
            $"{file}/{Unquote(members["name"])}",
            members.Where(member => member.Key is not ("name" or "regex" or "haystack" or "matches" or "unescape")).ToDictionary(),
            Unquote(members["regex"]),
            isText ? Encoding.UTF8.GetString(bytes) : null,
            members["matches"]);
    }

    private static string? Unquote(string value)
    {
        if (value.StartsWith('[')) return null;
        foreach (var quote in (ReadOnlySpan<string>)["'''", "\"\"\"", "'"])
        {
            if (value.StartsWith(quote, StringComparison.Ordinal)) return value[quote.Length..value.IndexOf(quote, quote.Length, StringComparison.Ordinal)];
        }

        // TOML's texts are JSON's but for the long escape.
        var text = LongEscape().Replace(BasicString().Match(value).Value, escape => char.ConvertFromUtf32(Convert.ToInt32(escape.Groups[1].Value, 16)));
        return System.Text.Json.JsonSerializer.Deserialize<string>(text);
    }

    private static byte[] Unescape(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.AddRange(Encoding.UTF8.GetBytes([text[i]]));
                continue;
            }

            bytes.AddRange(text[++i] switch
            {
                'x' => Convert.FromHexString(text.AsSpan(i + 1, 2)),
                'n' => "\n"u8,
                'r' => "\r"u8,
                't' => "\t"u8,
                '0' => "\0"u8,
                _ => [(byte)text[i]],
            });
            i += text[i] == 'x' ? 2 : 0;
        }

        return [.. bytes];
    }

    [GeneratedRegex("""^(?<key>[a-z-]+) = (?<value>\[\n(?: .*\n|\n)*\]|.*)$""", RegexOptions.Multiline)]
    private static partial Regex Member();

    [GeneratedRegex(@"^""(?:[^""\\]|\\.)*""")]
    private static partial Regex BasicString();

    [GeneratedRegex(@"\\U([0-9A-F]{8})", RegexOptions.IgnoreCase)]
    private static partial Regex LongEscape();
}
