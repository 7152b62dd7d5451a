using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

public class DocumentReaderTests
{
    private const string Json = """[{"text":"one","title":"first","score":0.5},{"content":"two","source":"ignored"},"three"]""";

    private static readonly ChatDocument[] _expected = [new("one") { Title = "first", Score = 0.5 }, new("two"), new("three")];

    public static TheoryData<string, object> Forms => new()
    {
        { "records", _expected },
        { "lazy records", _expected.Select(document => document) },
        { "JsonElement", JsonDocument.Parse(Json).RootElement },
        { "JsonNode", JsonNode.Parse(Json)! },
        { "elements", JsonDocument.Parse(Json).RootElement.EnumerateArray().ToList() },
        { "YAML", new List<object>
            {
                new Dictionary<object, object> { ["text"] = "one", ["title"] = "first", ["score"] = "0.5" }, new Dictionary<object, object> { ["content"] = "two" }, "three",
            }
        },
        { "mixed", new object[] { _expected[0], new AdditionalPropertiesDictionary { ["Text"] = "two" }, JsonValue.Create("three") } },
        { "dictionaries", new[] { new Dictionary<string, object?> { ["text"] = "one", ["title"] = "first", ["score"] = 0.5 }, new() { ["text"] = "two", ["title"] = null }, new() { ["text"] = "three" } } },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_means_the_same(string form, object value)
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.True(_expected.SequenceEqual(Options(value).GetDocuments()), form);
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void One_document_is_a_list_of_one()
    {
        Assert.Equal([new ChatDocument("one")], Options("one").GetDocuments());
        Assert.Equal([_expected[0]], Options(_expected[0]).GetDocuments());
        Assert.Equal([_expected[0]], Options(JsonNode.Parse(Json)![0]!).GetDocuments());
        Assert.Empty(Options(Array.Empty<string>()).GetDocuments());
    }

    [Fact]
    public void Any_serializer_writes_what_is_read_back()
    {
        foreach (var serializer in (JsonSerializerOptions[])[JsonSerializerOptions.Default, AIJsonUtilities.DefaultOptions])
        {
            var options = JsonSerializer.Deserialize<ChatOptions>(JsonSerializer.Serialize(new ChatOptions().WithDocuments(_expected), serializer), serializer)!;
            Assert.Equal(_expected, options.GetDocuments());
        }
    }

    public static TheoryData<object, string> Faults => new()
    {
        { 3, "Int32" },
        { new object?[] { null }, "null" },
        { "", "without text" },
        { " ", "without text" },
        { new ChatDocument(""), "without text" },
        { JsonDocument.Parse("""[{"txt":"a"}]""").RootElement, "without text" },
        { JsonDocument.Parse("""[{"text":"a","score":"high"}]""").RootElement, "high" },
        { JsonDocument.Parse("""[{"text":"a","score":"NaN"}]""").RootElement, "NaN" },
        { JsonDocument.Parse("[[1]]").RootElement, "documents" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_no_document_is_refused(object value, string said)
        => Assert.Contains(said, Assert.Throws<ArgumentException>(() => Options(value).GetDocuments()).Message);

    private static ChatOptions Options(object value) => new() { AdditionalProperties = new() { ["documents"] = value } };
}
