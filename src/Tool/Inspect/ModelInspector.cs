using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.Models;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;

namespace Decant.Tool;

/// <summary>Looks into a model folder without loading its weights: whatever is wrong becomes a problem, and the rest is looked at all the same.</summary>
internal sealed class ModelInspector
{
    private readonly List<ModelProblem> _problems = [];
    private readonly string _folder;

    private ModelInspector(string folder) => _folder = folder;

    public static ModelInspection Inspect(string folder) => new ModelInspector(folder).Run();

    private ModelInspection Run()
    {
        if (FolderAdvice.WrongPlace(_folder) is { } advice) return new ModelInspection { Folder = _folder, Problems = [new ModelProblem(true, advice)] };
        var files = new DirectoryInfo(_folder).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => new ModelFile(file.Name, file.Length)).ToList();
        var config = Try(() => Checkpoint.ReadConfig(_folder));
        var tensors = Weights(files, config is not null);
        var layout = config is null ? null : tensors?.Layout ?? Try(() => Usual(config));
        var tokenizer = Try(() => TextTokenizer.Load(_folder));
        if (config is not null && tokenizer?.Count > config.VocabularySize)
            Warn($"The tokenizer has {tokenizer.Count} tokens, but the model knows {config.VocabularySize}: a prompt with one of the others is refused. Tokenizer and weights may not belong together.");
        if (tokenizer is { EndOfTurn.Count: 0 }) Warn("No token is known to end an answer: answers go on until the token limit. Fetch the model's tokenizer_config.json and generation_config.json.");
        return new ModelInspection
        {
            Folder = _folder,
            Files = files,
            Shape = config is null ? null : Shape(config, layout),
            ElementType = tensors?.Type,
            Tokenizer = tokenizer is null ? null : new TokenizerInfo(TokenizerKind(), tokenizer.Count, [.. tokenizer.EndOfTurn.Select(id => tokenizer.Decode([id], skipSpecialTokens: false))]),
            ChatTemplate = Template(),
            Memory = layout is null ? null : MemoryEstimate.Of(config!, layout),
            Problems = _problems,
        };
    }

    private (CheckpointLayout Layout, ElementType Type)? Weights(List<ModelFile> files, bool hasConfig)
    {
        if (FolderAdvice.WrongWeights(_folder, files) is { } advice)
        {
            Fail(advice);
            return null;
        }

        // Without a configuration, what the tensors should be is not known; that their files are whole can be seen all the same.
        if (!hasConfig)
        {
            Try(() => SafetensorsFolder.Open(_folder))?.Dispose();
            return null;
        }

        using var checkpoint = Try(() => Checkpoint.Open(_folder));
        return checkpoint is null ? null : (checkpoint.Layout, checkpoint.Tensors.Get(checkpoint.Layout.Embedding.Tensor).Type);
    }

    private TemplateInfo? Template()
    {
        Try(() => GenerationDefaults.Read(_folder));
        var before = _problems.Count;
        if (Try(() => ChatTemplate.Load(_folder)) is { } template)
            return new TemplateInfo(template.ReadsSystemMessage, !template.ToolCalls.IsExplained, template.Reasoning?.Open, template.ReadsDocuments);
        if (_problems.Count == before) Warn("There is no chat template: prompts are written as User: and Assistant: lines. If this is a chat model, fetch its tokenizer_config.json or chat_template.jinja; if not, expect it to continue texts rather than to answer.");
        return null;
    }

    private string TokenizerKind()
    {
        if (File.Exists(Path.Combine(_folder, "tokenizer.json")))
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "tokenizer.json")));
            var type = json.RootElement.GetProperty("model").TryGetProperty("type", out var value) ? value.GetString() : null;
            return $"tokenizer.json{(type is null ? "" : $" ({type})")}";
        }

        return File.Exists(Path.Combine(_folder, "tokenizer.model")) ? "tokenizer.model (SentencePiece)" : "vocab.json and merges.txt (BPE)";
    }

    private static CheckpointLayout Usual(ModelConfig config)
    {
        var family = ModelFamily.Find(config.ModelType);
        return family.Layout(config, family.IsUsual);
    }

    private static ModelShape Shape(ModelConfig config, CheckpointLayout? layout) => new(
        config.ModelType, layout?.Tensors().DistinctBy(tensor => tensor.Name).Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size)) ?? 0,
        config.LayerCount, config.HiddenSize, config.HeadCount, config.KeyValueHeadCount, config.VocabularySize, config.ContextLength, config.TieEmbeddings, config.SlidingWindow);

    private T? Try<T>(Func<T> look)
    {
        try
        {
            return look();
        }
        catch (Exception exception) when (DecantTool.IsExpected(exception))
        {
            // One fault may stand in the way of several looks.
            if (!_problems.Exists(problem => problem.Message == exception.Message)) Fail(exception.Message);
            return default;
        }
    }

    private void Fail(string message) => _problems.Add(new ModelProblem(true, message));

    private void Warn(string message) => _problems.Add(new ModelProblem(false, message));
}
