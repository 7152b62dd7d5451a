using Decant.Connectors.Embedded;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.Logging;

namespace Decant.Connectors.Chat;

/// <summary>Loads models by the names that decoding options use. Knows nothing of what is already loaded.</summary>
/// <param name="tokenizer">The client's own, which all models must share.</param>
/// <param name="options">Names, folders and engines.</param>
/// <param name="logger">Told which engine is used.</param>
internal sealed class BranchModelLoader(TextTokenizer tokenizer, LocalChatClientOptions options, ILogger logger)
{
    private readonly ModelPool _pool = options.Pool ?? new ModelPool();

    /// <summary>Checks that the models of a plan's branches, drafts and routes are known, without loading them.</summary>
    /// <exception cref="ArgumentException">One is not; the message lists those that are.</exception>
    public void Check(DecodingPlan plan)
    {
        foreach (var branch in plan.Branches)
        {
            if (branch.Model is { } name) _ = FolderOf(name);
        }

        foreach (var name in (plan.Speculation?.Drafter.Models ?? []).Concat(plan.Route?.Models ?? [])) _ = FolderOf(name);
    }

    /// <exception cref="ArgumentException">No model has the name, or its vocabulary is another one.</exception>
    public LoadedModel Load(string name, CancellationToken cancellationToken)
    {
        var folder = FolderOf(name);
        var other = TextTokenizer.Load(folder);
        Compare(name, other);
        var template = ChatTemplate.Load(folder) ?? ChatTemplate.Plain;
        var lease = _pool.Rent(EngineLoader.Choose(folder, options, logger), null, cancellationToken);
        return new LoadedModel(lease.Model, other, template, options, lease);
    }

    private string FolderOf(string name)
    {
        if (options.Models.TryGetValue(name, out var folder)) return EmbeddedModels.Resolve(folder);
        if (EmbeddedModels.Names.Contains(name)) return EmbeddedModels.Folder(name);
        throw new ArgumentException($"The decoding options name the model \"{name}\", which the client does not know. "
            + $"Add its folder to LocalChatClientOptions.Models. Known: {string.Join(", ", options.Models.Keys.Concat(EmbeddedModels.Names))}.");
    }

    // Logits of two models can be combined only where an id means the same to both.
    private void Compare(string name, TextTokenizer other)
    {
        for (var id = 0; id < Math.Max(tokenizer.Count, other.Count); id++)
        {
            if (id < Math.Min(tokenizer.Count, other.Count) && tokenizer.Bytes(id).SequenceEqual(other.Bytes(id))) continue;
            throw new ArgumentException($"The model \"{name}\" has another vocabulary than the client's model (from token {id} on). Models that decode together must share their tokenizer.");
        }
    }
}
