using System.Globalization;

namespace Decant.Samples.TrainTiny;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    public const string Usage = """
        Makes the embedded models: generates their language, trains the tokenizer and the four models, measures them, writes the folders.

          (nothing)             the whole run, under an hour on two cores; a stopped run goes on where it was
          --steps N             a quick look: N steps of decant-tiny, nothing is written outside the work folder
          --only NAME           trains only this model; those it needs must be in the work folder
          --work FOLDER         checkpoints and unfinished models (default: artifacts/train-tiny)
          --output FOLDER       finished models (default: src/Connectors/Embedded)
          --evaluate FOLDER     only measures the model in this folder
          --draft FOLDER        with --evaluate: also measures how often this draft agrees with it
          --json FILE           with --evaluate: writes the figures there too
          --examples N          prints N training examples
          --help                this text
        """;

    public int? Steps { get; private init; }

    public string? Only { get; private init; }

    public string Work { get; private init; } = Path.Combine("artifacts", "train-tiny");

    public string Output { get; private init; } = Path.Combine("src", "Connectors", "Embedded");

    public string? Evaluate { get; private init; }

    public string? Draft { get; private init; }

    public string? Json { get; private init; }

    public int? Examples { get; private init; }

    public bool Help { get; private init; }

    /// <exception cref="ArgumentException">Says which argument is wrong.</exception>
    public static Arguments Parse(string[] args)
    {
        var arguments = new Arguments();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] is "--help" or "-h") return arguments with { Help = true };
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
            arguments = arguments.With(args[i], value);
        }

        return arguments;
    }

    private Arguments With(string name, string value) => name switch
    {
        "--steps" => this with { Steps = Count(name, value) },
        "--only" => this with { Only = value },
        "--work" => this with { Work = value },
        "--output" => this with { Output = value },
        "--evaluate" => this with { Evaluate = value },
        "--draft" => this with { Draft = value },
        "--json" => this with { Json = value },
        "--examples" => this with { Examples = Count(name, value) },
        _ => throw new ArgumentException($"Unknown argument {name}."),
    };

    private static int Count(string name, string value) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : throw new ArgumentException($"{name} takes a number above 0, not {value}.");
}
