using Decant.Connectors.Embedded;

namespace Decant.Benchmarks.Speculate;

/// <summary>The command line of the speculation benchmark.</summary>
internal sealed record SpeculateArguments(string Target, string Draft, string? Json)
{
    public static SpeculateArguments Parse(IReadOnlyList<string> args)
    {
        var result = new SpeculateArguments(EmbeddedModels.Tiny, EmbeddedModels.Draft, null);
        for (var i = 0; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count) throw new ArgumentException($"{args[i]} needs a value.");
            result = args[i] switch
            {
                "--target" => result with { Target = args[i + 1] },
                "--draft" => result with { Draft = args[i + 1] },
                "--json" => result with { Json = args[i + 1] },
                _ => throw new ArgumentException($"{args[i]} is not an option. Known: --target FOLDER, --draft FOLDER, --json FILE."),
            };
        }

        return result;
    }
}
