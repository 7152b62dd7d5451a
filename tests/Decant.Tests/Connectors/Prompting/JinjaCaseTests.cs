using System.Text;
using System.Text.Json;
using Decant.Connectors.Prompting;
using Decant.Connectors.Prompting.Jinja;

namespace Decant.Tests.Connectors.Prompting;

/// <summary>Outside Jinja cases and real chat templates with the text they must give.</summary>
public class JinjaCaseTests
{
    // The cases come from a JavaScript engine. Where it differs from Python's Jinja, which transformers uses and models were trained with,
    // Python holds here; each such case is listed, and what it must give instead.
    private static readonly Dictionary<string, string> _python = new()
    {
        ["MEMBERSHIP"] = "|True|True|True|True|True|False|", // 1 == True and 0 == False in Python
        ["MEMBERSHIP_NEGATION_1"] = "|False|False|False|False|False|True|",
        ["MEMBERSHIP_NEGATION_2"] = "|False|False|False|False|False|True|",
        ["SORT_UNDEFINED_VALUES"] = "Chat template: the undefined value 'a' and the undefined value 'b' cannot be ordered.",
    };

    /// <summary>True, False and None are written in lower case there, and strings inside lists in double quotes.</summary>
    private static string InJavaScript(string text) => text.Replace("True", "true").Replace("False", "false").Replace("None", "null").Replace('\'', '"');

    private sealed class July2025 : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2025, 7, 10, 12, 0, 0, TimeSpan.Zero);
    }

    [SkippableFact]
    public void All_chat_templates_render_byte_for_byte()
    {
        var failures = new StringBuilder();
        foreach (var test in Cases("templates_with_expected_text.json"))
        {
            var expected = test.GetProperty("target").GetString();
            var actual = Try(() => ChatTemplate.Parse(test.GetProperty("chat_template").GetString()!, time: new July2025()).Render(Variables(test.GetProperty("data"))));
            if (actual != expected) failures.AppendLine($"{test.GetProperty("name")}:\n  expected {JsonSerializer.Serialize(expected)}\n  actual   {JsonSerializer.Serialize(actual)}");
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    [SkippableFact]
    public void All_unit_cases_pass()
    {
        var failures = new StringBuilder();
        foreach (var test in Cases("jinja_unit_cases.json"))
        {
            var name = test.GetProperty("name").GetString()!;
            var expected = _python.GetValueOrDefault(name) ?? test.GetProperty("expected").GetString();
            var actual = Try(() => new JinjaTemplate(test.GetProperty("template").GetString()!, false, false).Render(Variables(test.GetProperty("context"))));
            if (actual != expected && InJavaScript(actual) != expected) failures.AppendLine($"{name}: {test.GetProperty("template")}\n  expected {JsonSerializer.Serialize(expected)}\n  actual   {JsonSerializer.Serialize(actual)}");
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    [SkippableFact]
    public void All_whitespace_cases_pass()
    {
        var failures = new StringBuilder();
        foreach (var test in Cases("jinja_whitespace_cases.json"))
        {
            var options = test.GetProperty("options");
            bool Option(string name) => options.TryGetProperty(name, out var value) && value.GetBoolean();
            var source = test.GetProperty("template").GetString()!;
            var actual = Try(() => new JinjaTemplate(source, Option("trim_blocks"), Option("lstrip_blocks")).Render(Variables(test.GetProperty("data"))));
            var expected = test.GetProperty("target").GetString();
            if (actual != expected) failures.AppendLine($"{JsonSerializer.Serialize(source)} {options}\n  expected {JsonSerializer.Serialize(expected)}\n  actual   {JsonSerializer.Serialize(actual)}");
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }

    private static List<JsonElement> Cases(string file)
    {
        var cases = JsonDocument.Parse(File.ReadAllText(TestData.Path($"chat_templates/{file}"))).RootElement.GetProperty("cases").EnumerateArray().ToList();
        Assert.NotEmpty(cases);
        return cases;
    }

    private static Dictionary<string, object?> Variables(JsonElement data) => data.EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value);

    private static string Try(Func<string> render)
    {
        try
        {
            return render();
        }
        catch (ChatTemplateException exception)
        {
            return exception.Message;
        }
    }
}
