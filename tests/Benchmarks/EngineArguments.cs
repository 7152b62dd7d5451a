using Decant.Connectors.Cpu;

namespace Decant.Benchmarks;

/// <summary>The command line of the engine benchmark.</summary>
internal sealed record EngineArguments(Shape Shape, WeightFormat Weights, int Group, int Threads, string? Json)
{
    public static EngineArguments Parse(IReadOnlyList<string> args)
    {
        var result = new EngineArguments(Shape.Find("smollm2-135m"), WeightFormat.Int8, 64, 0, null);
        for (var i = 0; i < args.Count; i += 2)
        {
            if (i + 1 == args.Count) throw new ArgumentException($"{args[i]} needs a value.");
            var value = args[i + 1];
            result = args[i] switch
            {
                "--shape" => result with { Shape = Shape.Find(value) },
                "--weights" => result with { Weights = Format(value) },
                "--group" => result with { Group = int.Parse(value) },
                "--threads" => result with { Threads = int.Parse(value) },
                "--json" => result with { Json = value },
                _ => throw new ArgumentException($"{args[i]} is not an option. Known: --shape, --weights, --group, --threads, --json."),
            };
        }

        return result;
    }

    private static WeightFormat Format(string name) => name switch
    {
        "f32" => WeightFormat.Float32,
        "bf16" => WeightFormat.BFloat16,
        "int8" => WeightFormat.Int8,
        _ => throw new ArgumentException($"--weights {name} is not known. Known: f32, bf16, int8."),
    };
}
