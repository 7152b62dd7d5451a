using System.Text.Json;
using Decant.Tests.Decoding.Constraints.Json;

namespace Decant.Tests;

public class ReferenceJsonValidatorTests
{
    // What it says it does not know.
    private static readonly string[] _others = ["$id", "$anchor", "$dynamicRef", "$recursiveRef", "localhost", "json-schema.org/draft/2020-12/schema\"}", "\\\\p", "metaschema", "urn:", "e308"];

    [SkippableFact]
    public void It_is_right_about_the_test_suite()
    {
        var groups = 0;
        foreach (var group in JsonSchemaSuite.Read("2020-12").Where(group => !group.File.StartsWith("optional", StringComparison.Ordinal) && !_others.Any(group.Schema.Contains)))
        {
            var validator = new ReferenceJsonValidator(group.Schema);
            foreach (var (data, isValid) in group.Tests.Where(test => !test.Data.GetRawText().Contains("e308", StringComparison.Ordinal) && test.Data.GetRawText().Length < 200))
                Assert.True(isValid == validator.IsValid(data), $"{group.File}, {group.Description}: {data.GetRawText()}");
            groups++;
        }

        Assert.InRange(groups, 290, 383);
    }
}
