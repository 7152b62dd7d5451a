using System.Text;
using System.Text.Json;

namespace Decant.Tests.Decoding.Constraints.Json;

/// <summary>
/// How much of the JSON-Schema-Test-Suite is supported. json-schema-suite.txt has the figures, file by file; they are compared exactly, so that nothing gets worse unnoticed and what gets better
/// is written down.
/// </summary>
/// <remarks>
/// The suite asks what is valid, whatever order members come in and however numbers are written: the figures are for PropertyOrder = any and Numbers = any. Formats are enforced where the suite
/// wants that (optional/format, optional/content) and annotations elsewhere. The last column says what the defaults, which are for writing, refuse.
/// </remarks>
public class JsonSchemaSuiteTests
{
    private const string Figures = "json-schema-suite.txt";

    [SkippableFact]
    public void Figures_are_those_of_the_file_and_nothing_invalid_is_accepted()
    {
        var remotes = JsonSchemaSuite.Remotes();
        var report = new StringBuilder();
        foreach (var draft in (string[])["2020-12", "7"])
        {
            var files = JsonSchemaSuite.Read(draft).GroupBy(group => group.File).ToDictionary(file => file.Key, file => Count(file, remotes));
            var required = files.Where(file => !file.Key.StartsWith("optional", StringComparison.Ordinal)).Select(file => file.Value).Aggregate((left, right) => left + right);
            Assert.Equal(0, files.Values.Sum(file => file.AcceptedInvalid));
            if (draft == "2020-12") Assert.InRange((double)required.Supported / required.Groups, 0.75, 1);
            report.Append($"draft {draft}: {required}\n");
            foreach (var (file, figures) in files) report.Append($"  {file}: {figures}\n");
        }

        Assert.True(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, Figures)) == report.ToString(), $"{Figures} should be:\n{report}");
    }

    private static SuiteFigures Count(IEnumerable<JsonSchemaSuite.Group> groups, ValueDictionary<string, string> remotes)
    {
        var figures = new SuiteFigures();
        foreach (var group in groups)
        {
            var lax = new JsonSchemaOptions
            {
                Schema = group.Schema, Documents = remotes, PropertyOrder = JsonPropertyOrder.Any, Numbers = JsonNumberForm.Any,
                EnforceFormats = group.File.StartsWith("optional/format", StringComparison.Ordinal) || group.File.StartsWith("optional/content", StringComparison.Ordinal),
            };
            figures += Count(group, lax, new JsonSchemaOptions { Schema = group.Schema, Documents = remotes, EnforceFormats = lax.EnforceFormats });
        }

        return figures;
    }

    private static SuiteFigures Count(JsonSchemaSuite.Group group, JsonSchemaOptions lax, JsonSchemaOptions defaults)
    {
        var valid = group.Tests.Where(test => test.IsValid).Select(test => test.Data).ToArray();
        var invalid = group.Tests.Where(test => !test.IsValid).Select(test => test.Data);
        if (Acceptor(lax) is not { } accepts || Acceptor(defaults) is not { } acceptsByDefault) return new SuiteFigures { Groups = 1 };
        var wrong = invalid.Count(value => accepts(value) || acceptsByDefault(value));
        var refused = valid.Count(value => !accepts(value));
        return new SuiteFigures
        {
            Groups = 1, Compiled = 1, Supported = wrong + refused == 0 ? 1 : 0, AcceptedInvalid = wrong,
            Valid = valid.Length, Refused = refused, RefusedByDefault = valid.Count(value => !acceptsByDefault(value)),
        };
    }

    // Null: the schema cannot be enforced. One that allows nothing is told so, and that is right where nothing is valid.
    private static Func<JsonElement, bool>? Acceptor(JsonSchemaOptions options)
    {
        try
        {
            var recognizer = new JsonRecognizer(options);
            return value => recognizer.Accepts(JsonRecognizer.Write(value));
        }
        catch (Exception error) when (error is JsonSchemaException or ConstraintLimitException)
        {
            return null;
        }
        catch (ArgumentException error) when (error.Message.StartsWith("There is no text", StringComparison.Ordinal))
        {
            return _ => false;
        }
    }

    private sealed record SuiteFigures
    {
        public int Groups { get; init; }

        public int Compiled { get; init; }

        /// <summary>Groups in which every test comes out right.</summary>
        public int Supported { get; init; }

        public int AcceptedInvalid { get; init; }

        /// <summary>Valid instances of the groups that compile.</summary>
        public int Valid { get; init; }

        public int Refused { get; init; }

        public int RefusedByDefault { get; init; }

        public static SuiteFigures operator +(SuiteFigures a, SuiteFigures b) => new()
        {
            Groups = a.Groups + b.Groups, Compiled = a.Compiled + b.Compiled, Supported = a.Supported + b.Supported, AcceptedInvalid = a.AcceptedInvalid + b.AcceptedInvalid,
            Valid = a.Valid + b.Valid, Refused = a.Refused + b.Refused, RefusedByDefault = a.RefusedByDefault + b.RefusedByDefault,
        };

        public override string ToString() => $"{Supported} of {Groups} groups right, {Compiled} compile; of {Valid} valid instances {Refused} refused, by default {RefusedByDefault}; of invalid ones accepted {AcceptedInvalid}";
    }
}
