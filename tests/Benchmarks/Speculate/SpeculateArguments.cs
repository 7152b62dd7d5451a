using Decant.Connectors.Embedded;

namespace Decant.Benchmarks.Speculate;

/// <summary>The command line of the speculation benchmark.</summary>
internal sealed record SpeculateArguments(string Target, string Draft, string? Part, string? Json)
{
    /// <summary>What can be measured alone.</summary>
    public static readonly IReadOnlyList<string> Parts = ["drafters", "comparisons", "calls", "larger"];

    /// <summary>Whether a part is to be measured.</summary>
    public bool Has(string part) => Part is null || Part == part;

    public static SpeculateArguments Parse(IReadOnlyList<string> args)
    {
        var result = new SpeculateArguments(EmbeddedModels.Tiny, EmbeddedModels.Draft, null, null);
        for (var i = 0; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count) throw new ArgumentException($"{args[i]} needs a value.");
            result = args[i] switch
            {
                "--target" => result with { Target = args[i + 1] },
                "--draft" => result with { Draft = args[i + 1] },
                "--part" when Parts.Contains(args[i + 1]) => result with { Part = args[i + 1] },
                "--part" => throw new ArgumentException($"--part {args[i + 1]} is not known. Known: {string.Join(", ", Parts)}."),
                "--json" => result with { Json = args[i + 1] },
                _ => throw new ArgumentException($"{args[i]} is not an option. Known: --target FOLDER, --draft FOLDER, --part NAME, --json FILE."),
            };
        }

        return result;
    }
}
