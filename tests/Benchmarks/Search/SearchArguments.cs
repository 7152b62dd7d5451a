namespace Decant.Benchmarks.Search;

/// <summary>The command line of the search benchmark.</summary>
internal sealed record SearchArguments(string Data, string? Part, int Count, string? Json)
{
    /// <summary>What can be measured alone.</summary>
    public static readonly IReadOnlyList<string> Parts = ["adherence", "calibration", "ranking", "beam"];

    /// <summary>Whether a part is to be measured.</summary>
    public bool Has(string part) => Part is null || Part == part;

    public static SearchArguments Parse(IReadOnlyList<string> args)
    {
        var result = new SearchArguments("../shared/data", null, 100, null);
        for (var i = 0; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count) throw new ArgumentException($"{args[i]} needs a value.");
            result = args[i] switch
            {
                "--data" => result with { Data = args[i + 1] },
                "--part" when Parts.Contains(args[i + 1]) => result with { Part = args[i + 1] },
                "--part" => throw new ArgumentException($"--part {args[i + 1]} is not known. Known: {string.Join(", ", Parts)}."),
                "--count" when int.TryParse(args[i + 1], out var count) && count > 0 => result with { Count = count },
                "--count" => throw new ArgumentException($"--count {args[i + 1]} is no number of requests."),
                "--json" => result with { Json = args[i + 1] },
                _ => throw new ArgumentException($"{args[i]} is not an option. Known: --data FOLDER, --part NAME, --count N, --json FILE."),
            };
        }

        return result;
    }
}
