using System.CommandLine;
using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Torch;
using Decant.Decoding;

namespace Decant.Tool;

/// <summary>The options that say which model to load, and how.</summary>
internal sealed class ModelOptions
{
    private static readonly Dictionary<string, (WeightFormat Cpu, TorchWeightFormat Torch)> _formats = new()
    {
        ["f32"] = (WeightFormat.Float32, TorchWeightFormat.Float32),
        ["bf16"] = (WeightFormat.BFloat16, TorchWeightFormat.BFloat16),
        ["int8"] = (WeightFormat.Int8, TorchWeightFormat.Int8),
    };

    // What --draft's model is called in decoding options.
    private const string Draft = "draft";

    private readonly Option<string[]> _model = new("--model", "-m")
    {
        Description = "Hugging Face model folder, or the name of an embedded model. Default: the environment's DECANT_MODEL, else decant-tiny",
        HelpName = "FOLDER",
    };

    private readonly Option<string> _draft = new("--draft") { Description = "A smaller model that drafts for every call that does not say otherwise: the same text, sooner", HelpName = "FOLDER" };

    private readonly Option<string> _engine = new("--engine") { Description = "auto (torch where there is a CUDA device, else cpu), cpu or torch. Default: auto", HelpName = "ENGINE" };

    private readonly Option<string> _weights = new("--weights") { Description = "Format of the weights in memory: f32, bf16 or int8. Default: what the checkpoint has", HelpName = "FORMAT" };

    private readonly Option<int> _threads = new("--threads") { Description = "Threads per forward of the CPU engine. Default: every processor", HelpName = "N" };

    private readonly Option<int?> _context = new("--context") { Description = "Longest context, in tokens. Default: the checkpoint's", HelpName = "N" };

    private readonly Option<string[]> _named = new("--named")
    {
        Description = "Another model that decoding options may name, such as a draft model: NAME=FOLDER. May be repeated",
        HelpName = "NAME=FOLDER",
    };

    /// <param name="several">Whether the command takes several models.</param>
    public ModelOptions(bool several = false)
    {
        _model.AllowMultipleArgumentsPerToken = several;
        if (!several) _model.Require(folders => folders!.Length == 1, "one folder");
        else _model.Require(folders => folders!.Select(Id).Distinct().Count() == folders!.Length, "folders with different names, for requests name models by them");
        _draft.Validators.Add(result =>
        {
            if (result.GetValue(_model) is { Length: > 1 }) result.AddError("--draft drafts for one --model: serve others from a process of their own.");
        });
        _engine.Require(engine => engine is "auto" or "cpu" or "torch", "auto, cpu or torch");
        _weights.Require(format => _formats.ContainsKey(format!), "f32, bf16 or int8");
        _threads.Require(threads => threads is >= 1 and <= 256, "1 to 256");
        _context.Require(context => context is null or >= 1, "1 or more");
        _named.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                if (token.Value.IndexOf('=') is not (> 0 and var at) || at == token.Value.Length - 1) result.AddError($"--named takes NAME=FOLDER, not {token.Value}.");
            }
        });
    }

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_model, _draft, _engine, _weights, _threads, _context, _named]) command.Add(option);
    }

    /// <summary>The model where none is named: the environment's DECANT_MODEL, else the embedded one.</summary>
    public static string DefaultFolder => Environment.GetEnvironmentVariable("DECANT_MODEL") is { Length: > 0 } model ? model : EmbeddedModels.Tiny;

    /// <summary>What requests name a folder's model by: the folder's own name.</summary>
    public static string Id(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    public IReadOnlyList<string> Folders(ParseResult parsed) => parsed.GetValue(_model) is { Length: > 0 } folders ? folders : [DefaultFolder];

    /// <summary>The format's name, or what stands for the checkpoint's own.</summary>
    public string Weights(ParseResult parsed) => parsed.GetValue(_weights) ?? "as in the checkpoint";

    public LocalChatClientOptions Read(ParseResult parsed)
    {
        var (cpu, torch) = parsed.GetValue(_weights) is { } format ? _formats[format] : default;
        var models = (parsed.GetValue(_named) ?? []).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => EmbeddedModels.Resolve(pair[1]));
        if (parsed.GetValue(_draft) is { } draft) models[Draft] = EmbeddedModels.Resolve(draft);
        return new LocalChatClientOptions
        {
            Engine = Enum.Parse<ChatEngine>(parsed.GetValue(_engine) ?? nameof(ChatEngine.Auto), ignoreCase: true),
            Cpu = new CpuModelOptions { Weights = cpu, Threads = parsed.GetValue(_threads), ContextLength = parsed.GetValue(_context) },
            Torch = new TorchModelOptions { Weights = torch, ContextLength = parsed.GetValue(_context) },
            Models = models,
            DefaultDecoding = parsed.GetValue(_draft) is not null ? new DecodingOptions { Speculation = new DraftModelOptions { Model = Draft } } : null,
        };
    }

    /// <summary>Loads the model, with a progress bar.</summary>
    public async Task<LocalChatClient> LoadAsync(ParseResult parsed, ToolConsole console, Func<LocalChatClientOptions, LocalChatClientOptions>? change, CancellationToken cancellationToken)
    {
        var options = Read(parsed);
        return await LoadAsync(Folders(parsed)[0], change?.Invoke(options) ?? options, console, cancellationToken);
    }

    public static async Task<LocalChatClient> LoadAsync(string folder, LocalChatClientOptions options, ToolConsole console, CancellationToken cancellationToken)
    {
        using var progress = new ProgressBar($"Loading {folder}", console);
        return await LocalChatClient.LoadAsync(folder, options, progress, cancellationToken);
    }
}
