using Decant.Connectors.Embedded;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.Logging;

namespace Decant.Connectors.Chat;

/// <summary>The models that options name, each loaded when a call first needs it. Safe for concurrent use.</summary>
internal sealed class NamedModels(TextTokenizer tokenizer, LocalChatClientOptions options, ILogger logger) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LoadedModel> _loaded = [];

    /// <exception cref="ArgumentException">No model has the name, or its vocabulary is another one.</exception>
    public LoadedModel Get(string name)
    {
        lock (_lock)
        {
            if (_loaded.TryGetValue(name, out var loaded)) return loaded;
            return _loaded[name] = Load(name);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var model in _loaded.Values) model.Dispose();
            _loaded.Clear();
        }
    }

    private LoadedModel Load(string name)
    {
        var folder = FolderOf(name, options);
        var other = TextTokenizer.Load(folder);
        Compare(name, other);
        var template = ChatTemplate.Load(folder) ?? ChatTemplate.Plain;
        return new LoadedModel(EngineLoader.Load(folder, options, logger, null, CancellationToken.None), other, template, options, owned: true);
    }

    /// <summary>The folder of a registered or embedded model.</summary>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those there are.</exception>
    public static string FolderOf(string name, LocalChatClientOptions options)
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
