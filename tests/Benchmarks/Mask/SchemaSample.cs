using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Decant.Benchmarks.Mask;

/// <summary>A schema with texts that it allows, written without whitespace.</summary>
internal sealed record SchemaSample(string Name, string Schema, IReadOnlyList<string> Texts)
{
    /// <summary>What programs ask models for.</summary>
    public static IReadOnlyList<SchemaSample> Usual { get; } =
    [
        new("call", """{"type":"object","properties":{"name":{"const":"get_weather"},"arguments":{"type":"object","properties":{"city":{"type":"string"},"unit":{"enum":["celsius","fahrenheit"]},"days":{"type":"integer","minimum":1,"maximum":14}},"required":["city"],"additionalProperties":false}},"required":["name","arguments"],"additionalProperties":false}""",
            ["""{"name":"get_weather","arguments":{"city":"Rio de Janeiro","unit":"celsius","days":12}}""", """{"name":"get_weather","arguments":{"city":"Москва и область"}}"""]),
        new("person", """{"type":"object","properties":{"name":{"type":"string","minLength":1,"maxLength":80},"age":{"type":"integer","minimum":0,"maximum":150},"email":{"type":"string","format":"email"},"born":{"type":"string","format":"date"},"tags":{"type":"array","items":{"type":"string","maxLength":20},"maxItems":10},"height":{"type":"number"}},"required":["name","age"],"additionalProperties":false}""",
            ["""{"name":"Charlotte Brontë of Haworth","age":38,"email":"charlotte.bronte@haworth.example.org","born":"1816-04-21","tags":["novelist","poet","a governess"],"height":1.45}"""]),
        new("order", """{"type":"object","properties":{"id":{"type":"string","pattern":"^[A-Z]{3}-[0-9]{6}$"},"lines":{"type":"array","minItems":1,"items":{"$ref":"#/$defs/line"}},"paid":{"type":"boolean"},"note":{"type":["string","null"]}},"required":["id","lines","paid"],"additionalProperties":false,"$defs":{"line":{"type":"object","properties":{"product":{"type":"string"},"quantity":{"type":"integer","minimum":1},"price":{"type":"number","minimum":0}},"required":["product","quantity","price"],"additionalProperties":false}}}""",
            ["""{"id":"ABC-123456","lines":[{"product":"wooden chair, oak \"natural\"","quantity":4,"price":79.5},{"product":"table\nwith four legs","quantity":1,"price":249}],"paid":true,"note":"deliver to the back door, please; ring twice"}""", """{"id":"XYZ-000001","lines":[{"product":"lamp","quantity":12,"price":0.99}],"paid":false,"note":null}"""]),
        new("tree", """{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"label":{"type":"string"},"children":{"type":"array","items":{"$ref":"#/$defs/node"}}},"required":["label","children"],"additionalProperties":false}}}""",
            ["""{"label":"the origin of species","children":[{"label":"variation under domestication","children":[]},{"label":"struggle for existence","children":[{"label":"geometrical ratio of increase","children":[]}]}]}"""]),
        new("reasons", """{"type":"object","properties":{"steps":{"type":"array","items":{"type":"object","properties":{"explanation":{"type":"string"},"output":{"type":"string"}},"required":["explanation","output"],"additionalProperties":false}},"final_answer":{"type":"string"}},"required":["steps","final_answer"],"additionalProperties":false}""",
            ["""{"steps":[{"explanation":"We begin with what is given, namely that the product of the two numbers is forty-two, and look for factors.","output":"6 * 7 = 42"},{"explanation":"Then we check the sum — it must be thirteen — which holds.","output":"6 + 7 = 13"}],"final_answer":"The numbers are 6 and 7."}"""]),
        new("any", """{"type":"object"}""",
            ["""{"title":"Jane Eyre","year":1847,"authors":["Charlotte Brontë"],"rating":4.5e0,"translated":{"de":true,"fr":false,"la":null}}"""]),
        new("map", """{"type":"object","additionalProperties":{"type":"array","items":{"type":"integer"}}}""",
            ["""{"first quarter":[12,15,-3],"second":[],"third quarter of the year":[1000000,2,3]}"""]),
        new("choice", """{"anyOf":[{"type":"object","properties":{"kind":{"const":"circle"},"radius":{"type":"number"}},"required":["kind","radius"],"additionalProperties":false},{"type":"object","properties":{"kind":{"const":"square"},"side":{"type":"number"}},"required":["kind","side"],"additionalProperties":false}]}""",
            ["""{"kind":"circle","radius":12.75}""", """{"kind":"square","side":3}"""]),
    ];

    /// <summary>The schemas of the JSON Schema Test Suite with the instances that it calls valid.</summary>
    /// <param name="archive">The suite's tests of one draft, as a .tar.gz.</param>
    public static IEnumerable<SchemaSample> Suite(string archive)
    {
        using var unpacked = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
        using var files = new TarReader(unpacked);
        while (files.GetNextEntry() is { } file)
        {
            if (file.DataStream is null || !file.Name.EndsWith(".json", StringComparison.Ordinal)) continue;
            using var document = JsonDocument.Parse(file.DataStream);
            foreach (var group in document.RootElement.EnumerateArray())
            {
                var valid = group.GetProperty("tests").EnumerateArray().Where(test => test.GetProperty("valid").GetBoolean());
                yield return new SchemaSample(
                    $"{Path.GetFileNameWithoutExtension(file.Name)}: {group.GetProperty("description").GetString()}", group.GetProperty("schema").GetRawText(),
                    [.. valid.Select(test => JsonSerializer.Serialize(test.GetProperty("data")))]);
            }
        }
    }
}
