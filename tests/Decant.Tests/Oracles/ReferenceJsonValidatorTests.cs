using System.Text.RegularExpressions;
using Decant.Tests.Decoding.Constraints.Json;

namespace Decant.Tests;

public class ReferenceJsonValidatorTests
{
    // Identifiers, anchors and other documents, and what .NET's patterns do not know.
    private const string Others = """\$id"|anchor"|\$dynamicRef"|\$schema": *"http://|"\$ref" *: *"[^#]|"\$ref" *: *"#[^/"]|\\p""";

    [SkippableFact]
    public void It_is_right_about_the_test_suite()
    {
        var groups = 0;
        foreach (var group in JsonSchemaSuite.Read("2020-12").Where(group => !group.File.StartsWith("optional", StringComparison.Ordinal) && !Regex.IsMatch(group.Schema, Others, RegexOptions.IgnoreCase)))
        {
            var validator = new ReferenceJsonValidator(group.Schema);
            foreach (var (data, isValid) in group.Tests)
                Assert.True(isValid == validator.IsValid(data), $"{group.File}, {group.Description}: {data.GetRawText()}");
            groups++;
        }

        Assert.InRange(groups, 290, 383);
    }
}
