using System.Globalization;
using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Torch;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Samples.Chat;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    public const string Usage = """
        Chat with a language model on this machine.

          --model FOLDER        Hugging Face model folder (default: the DECANT_MODEL environment variable, else the embedded decant-tiny)
          --prompt TEXT         answer this and exit
          --system TEXT         instructions that precede the conversation
          --engine ENGINE       auto, cpu or torch (default: auto, which is torch where there is a CUDA device)
          --weights FORMAT      f32, bf16 or int8 (default: what the checkpoint has)
          --threads N           threads per forward of the CPU engine (default: every processor)
          --temperature X       0 always takes the likeliest token (default: the model's)
          --max-tokens N        longest answer (default: up to the context's end)
          --seed N              makes answers reproducible
          --decoding JSON|KIND  how to decode: a strategy's kind, or decoding options as JSON
          --document TEXT       a passage to answer from; may be repeated
          --trace FILE.html     writes a page that shows what every stage made of every token
          --help                this text
        """;

    public string ModelFolder { get; private init; } = Environment.GetEnvironmentVariable("DECANT_MODEL") is { Length: > 0 } model ? model : EmbeddedModels.Tiny;

    public string? Prompt { get; private init; }

    public bool Help { get; private init; }

    /// <summary>The page to write traces to.</summary>
    public string? TraceFile { get; private init; }

    private DecodingOptions Decoding { get; init; } = new();

    private IReadOnlyList<ChatDocument> Documents { get; init; } = [];

    private string? System { get; init; }

    private ChatEngine Engine { get; init; }

    private (WeightFormat Cpu, TorchWeightFormat Torch) Weights { get; init; }

    private int Threads { get; init; }

    private float? Temperature { get; init; }

    private int? MaxTokens { get; init; }

    private long? Seed { get; init; }

    /// <exception cref="ArgumentException">Says which argument is wrong.</exception>
    public static Arguments Parse(string[] args)
    {
        var arguments = new Arguments();
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] is "--help" or "-h") return arguments with { Help = true };
            var value = i + 1 < args.Length ? args[i + 1] : null;
            arguments = arguments.With(args[i], value ?? throw new ArgumentException($"{args[i]} needs a value."));
        }

        return arguments;
    }

    public LocalChatClientOptions ToClientOptions() => new()
    {
        Engine = Engine,
        Cpu = new CpuModelOptions { Weights = Weights.Cpu, Threads = Threads },
        Torch = new TorchModelOptions { Weights = Weights.Torch },
    };

    public ChatOptions ToChatOptions()
    {
        var options = new ChatOptions
        {
            Instructions = System,
            Temperature = Temperature,
            MaxOutputTokens = MaxTokens,
            Seed = Seed,
        };
        options.WithDecoding(TraceFile is null ? Decoding : Decoding with { Trace = true });
        return Documents.Count == 0 ? options : options.WithDocuments(Documents);
    }

    private Arguments With(string name, string value) => name switch
    {
        "--model" => this with { ModelFolder = value },
        "--prompt" => this with { Prompt = value },
        "--system" => this with { System = value },
        "--engine" => this with { Engine = Choice(value) },
        "--weights" => this with { Weights = Format(value) },
        "--threads" => this with { Threads = Number<int>(name, value) },
        "--temperature" => this with { Temperature = Number<float>(name, value) },
        "--max-tokens" => this with { MaxTokens = Number<int>(name, value) },
        "--seed" => this with { Seed = Number<long>(name, value) },
        "--decoding" => this with { Decoding = DecodingOptions.Read(value) },
        "--document" => this with { Documents = [.. Documents, new ChatDocument(value)] },
        "--trace" => this with { TraceFile = value },
        _ => throw new ArgumentException($"Unknown argument {name}."),
    };

    private static ChatEngine Choice(string value) => value switch
    {
        "auto" => ChatEngine.Auto,
        "cpu" => ChatEngine.Cpu,
        "torch" => ChatEngine.Torch,
        _ => throw new ArgumentException($"--engine takes auto, cpu or torch, not {value}."),
    };

    private static (WeightFormat Cpu, TorchWeightFormat Torch) Format(string value) => value switch
    {
        "f32" => (WeightFormat.Float32, TorchWeightFormat.Float32),
        "bf16" => (WeightFormat.BFloat16, TorchWeightFormat.BFloat16),
        "int8" => (WeightFormat.Int8, TorchWeightFormat.Int8),
        _ => throw new ArgumentException($"--weights takes f32, bf16 or int8, not {value}."),
    };

    private static T Number<T>(string name, string value)
        where T : IParsable<T>
        => T.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number : throw new ArgumentException($"{name} takes a number, not {value}.");
}
