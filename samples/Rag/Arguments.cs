using System.Globalization;
using Decant.Connectors.Embedded;

namespace Decant.Samples.Rag;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    public const string Usage = """
        Answer a question from a folder of documents, each sentence with its source, or not at all.

          dotnet run -c Release --project samples/Rag -- "Tell me the product of Dovitex."

          --folder FOLDER       .txt and .md files, passages parted by empty lines (default: a few passages that come with the sample)
          --model FOLDER        Hugging Face model folder (default: the embedded decant-tiny)
          --top N               passages to read, the best found (default: 2)
          --threshold NATS      how much likelier its source must make a sentence (default: 1)
          --overlap SHARE       share of a sentence's words that its source must have, 0 to 1 (default: 0.7)
          --abstain NATS        largest semantic entropy of a sentence that is said (default: 0.7)
          --samples N           times each sentence is drawn anew to measure that; 0 does not (default: 10)
          --json                the answer with all figures as JSON
          --help                this text
        """;

    public string Question { get; private init; } = "";

    public string Folder { get; private init; } = Path.Combine(AppContext.BaseDirectory, "passages");

    public string Model { get; private init; } = EmbeddedModels.Tiny;

    public int Top { get; private init; } = 2;

    public double Threshold { get; private init; } = 1;

    public double Overlap { get; private init; } = 0.7;

    public double Abstain { get; private init; } = 0.7;

    public int Samples { get; private init; } = 10;

    public bool Json { get; private init; }

    public bool Help { get; private init; }

    /// <exception cref="ArgumentException">Says which argument is wrong.</exception>
    public static Arguments Parse(string[] args)
    {
        var arguments = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] is "--help" or "-h") return arguments with { Help = true };
            if (args[i] == "--json") arguments = arguments with { Json = true };
            else if (!args[i].StartsWith("--", StringComparison.Ordinal)) arguments = arguments with { Question = $"{arguments.Question} {args[i]}".Trim() };
            else arguments = arguments.With(args[i], ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value."));
        }

        return arguments.Question.Length > 0 ? arguments : throw new ArgumentException("There is no question. Put it in quotes at the end.");
    }

    private Arguments With(string name, string value) => name switch
    {
        "--folder" => this with { Folder = value },
        "--model" => this with { Model = value },
        "--top" => this with { Top = Number<int>(name, value, least: 1) },
        "--threshold" => this with { Threshold = Number<double>(name, value, least: -1000) },
        "--overlap" => this with { Overlap = Number<double>(name, value, least: 0) },
        "--abstain" => this with { Abstain = Number<double>(name, value, least: 0) },
        "--samples" => this with { Samples = Number<int>(name, value, least: 0) },
        _ => throw new ArgumentException($"Unknown argument {name}."),
    };

    private static T Number<T>(string name, string value, T least)
        where T : System.Numerics.INumber<T>
        => T.TryParse(value, CultureInfo.InvariantCulture, out var number) && number >= least ? number : throw new ArgumentException($"{name} takes a number of at least {least}, not {value}.");
}
