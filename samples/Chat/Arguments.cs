using System.Globalization;
using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Torch;
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
          --help                this text
        """;

    public string ModelFolder { get; private init; } = Environment.GetEnvironmentVariable("DECANT_MODEL") is { Length: > 0 } model ? model : EmbeddedModels.Tiny;

    public string? Prompt { get; private init; }

    public bool Help { get; private init; }

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

    public ChatOptions ToChatOptions() => new()
    {
        Instructions = System,
        Temperature = Temperature,
        MaxOutputTokens = MaxTokens,
        Seed = Seed,
    };

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
