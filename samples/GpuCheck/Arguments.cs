using System.Globalization;
using Decant.Connectors.Torch;

namespace Decant.Samples.GpuCheck;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    public const string Usage = """
        Checks the Torch engine on a device and measures it, on models with random weights. Prints JSON.

          --device DEVICE       cuda:0 (default), another device, or cpu
          --shapes LIST         tiny, 1b, 8b; several with commas (default: 1b,8b)
          --weights FORMAT      f32, bf16, f16 or int8 (default: bf16)
          --rounds N            rounds of every measurement (default: 9)
          --folder FOLDER       where to write the models (default: the system's temporary folder; 8b needs 16 GB there)
          --help                this text

        DECANT_LIBTORCH names a libtorch for CUDA, such as the lib folder of an installed PyTorch 2.10.
        """;

    public string Device { get; private init; } = "cuda:0";

    public IReadOnlyList<Shape> Shapes { get; private init; } = [Shape.Find("1b"), Shape.Find("8b")];

    public TorchWeightFormat Weights { get; private init; } = TorchWeightFormat.BFloat16;

    public int Rounds { get; private init; } = 9;

    public string Folder { get; private init; } = Path.GetTempPath();

    public bool Help { get; private init; }

    /// <exception cref="ArgumentException">Says which argument is wrong.</exception>
    public static Arguments Parse(string[] args)
    {
        var arguments = new Arguments();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] is "--help" or "-h") return arguments with { Help = true };
            arguments = arguments.With(args[i], i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value."));
        }

        return arguments;
    }

    private Arguments With(string name, string value) => name switch
    {
        "--device" => this with { Device = value },
        "--shapes" => this with { Shapes = [.. value.Split(',').Select(Shape.Find)] },
        "--weights" => this with { Weights = Format(value) },
        "--rounds" => this with { Rounds = int.TryParse(value, CultureInfo.InvariantCulture, out var rounds) && rounds > 0 ? rounds : throw new ArgumentException($"--rounds takes a count, not {value}.") },
        "--folder" => this with { Folder = value },
        _ => throw new ArgumentException($"Unknown argument {name}. --help lists them."),
    };

    private static TorchWeightFormat Format(string value) => value switch
    {
        "f32" => TorchWeightFormat.Float32,
        "bf16" => TorchWeightFormat.BFloat16,
        "f16" => TorchWeightFormat.Float16,
        "int8" => TorchWeightFormat.Int8,
        _ => throw new ArgumentException($"--weights takes f32, bf16, f16 or int8, not {value}."),
    };
}
