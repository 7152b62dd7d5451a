using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Decant.Connectors.Embeddings;

/// <summary>Embeddings of texts from the final hidden states of a language model in this process: the chat client's own, or another.</summary>
/// <remarks>
/// <para>Safe for concurrent use. Texts of a call share forwards; on the CPU engine a text's embedding has the same bits alone and among others.</para>
/// <para>A chat model was not trained for this: its embeddings tell topics apart, less finely than an embedding model's. <see cref="EmbeddingGenerationOptions.Dimensions"/> keeps the first so many
/// numbers; <see cref="EmbeddingGenerationOptions.ModelId"/> is informational; keys of <see cref="EmbeddingGenerationOptions.AdditionalProperties"/> mean nothing here and are ignored.</para>
/// </remarks>
public sealed partial class LocalEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly ICausalModel _model;
    private readonly TextTokenizer _tokenizer;
    private readonly LocalEmbeddingOptions _options;
    private readonly EmbeddingTokens _tokens;
    private readonly EmbeddingReader _reader;
    private readonly EmbeddingGeneratorMetadata _metadata;
    private readonly Lifetime _lifetime;
    private readonly ILogger _logger;
    private int _modelIdLogged;

    /// <summary>Creates a generator over a loaded model.</summary>
    /// <param name="model">The model; disposed with the generator unless <see cref="LocalEmbeddingOptions.OwnsModel"/> is false.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the model gives no hidden states; the exception says which.</exception>
    public LocalEmbeddingGenerator(ICausalModel model, TextTokenizer tokenizer, LocalEmbeddingOptions? options = null)
        : this(model, options is { OwnsModel: false } ? null : model, tokenizer, options)
    {
    }

    private LocalEmbeddingGenerator(ICausalModel model, IDisposable? owned, TextTokenizer tokenizer, LocalEmbeddingOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        _options = options ?? new LocalEmbeddingOptions();
        _options.Validate();
        (_model, _tokenizer) = (model, tokenizer);
        _tokens = new EmbeddingTokens(tokenizer, _options, model.Info.ContextLength);
        _reader = new EmbeddingReader(model, _options.Pooling, _options.MaxTokensPerForward);
        _metadata = new EmbeddingGeneratorMetadata("decant", null, _options.ModelId ?? model.Info.Name, model.Info.HiddenSize);
        _lifetime = new Lifetime(this, () => owned?.Dispose());
        _logger = _options.LoggerFactory?.CreateLogger<LocalEmbeddingGenerator>() ?? (ILogger)NullLogger.Instance;
    }

    /// <summary>Loads the model and tokenizer of a Hugging Face model folder.</summary>
    /// <param name="folder">The folder, or the name of one of <see cref="EmbeddedModels"/>. Default: <see cref="EmbeddedModels.Tiny"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told the fraction loaded, 0 … 1.</param>
    /// <param name="cancellationToken">Stops the load.</param>
    /// <remarks>Throws what <see cref="LocalChatClient.Load"/> throws.</remarks>
    public static LocalEmbeddingGenerator Load(
        string? folder = null, LocalEmbeddingOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        folder = EmbeddedModels.ResolveExisting(folder);
        options ??= new LocalEmbeddingOptions();
        options.Validate();
        var tokenizer = TextTokenizer.Load(folder);
        var logger = options.LoggerFactory?.CreateLogger<LocalEmbeddingGenerator>() ?? (ILogger)NullLogger.Instance;
        var lease = (options.Pool ?? new ModelPool()).Rent(EngineLoader.Choose(folder, options.Loading, logger), progress, cancellationToken);
        return new LocalEmbeddingGenerator(lease.Model, lease, tokenizer, options);
    }

    /// <summary><see cref="Load"/> on another thread.</summary>
    /// <inheritdoc cref="Load"/>
    public static Task<LocalEmbeddingGenerator> LoadAsync(
        string? folder = null, LocalEmbeddingOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
        => Task.Run(() => Load(folder, options, progress, cancellationToken), cancellationToken);

    /// <summary>Embeds texts.</summary>
    /// <param name="values">The texts; none of them null or empty.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Stops before the next forward.</param>
    /// <returns>An embedding for each text, in order, and how many tokens were read.</returns>
    /// <exception cref="ArgumentException">A text is null, empty or too long, or an option out of range; thrown before anything is read.</exception>
    /// <exception cref="NotSupportedException"><see cref="EmbeddingGenerationOptions.RawRepresentationFactory"/> is set.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        _lifetime.ThrowIfEnded();
        if (options?.RawRepresentationFactory is not null) throw new NotSupportedException("EmbeddingGenerationOptions.RawRepresentationFactory has no meaning here. Set what it would say in LocalEmbeddingOptions.");
        var dimensions = options?.Dimensions ?? _model.Info.HiddenSize;
        if (dimensions > _model.Info.HiddenSize)
            throw new ArgumentOutOfRangeException(nameof(options), dimensions, $"EmbeddingGenerationOptions.Dimensions takes 1 to {_model.Info.HiddenSize}, the width of {_metadata.DefaultModelId}.");
        if (options?.ModelId is { } asked && asked != _metadata.DefaultModelId && Interlocked.Exchange(ref _modelIdLogged, 1) == 0) LogOtherModel(asked, _metadata.DefaultModelId!);
        return GenerateAsync([.. values.Select(_tokens.Encode)], dimensions, cancellationToken);
    }

    /// <summary>Gives <see cref="EmbeddingGeneratorMetadata"/>, <see cref="ICausalModel"/>, <see cref="TextTokenizer"/> or this generator.</summary>
    object? IEmbeddingGenerator.GetService(Type serviceType, object? serviceKey)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(EmbeddingGeneratorMetadata)) return _metadata;
        object[] services = [this, _model, _tokenizer];
        return Array.Find(services, serviceType.IsInstanceOfType);
    }

    /// <summary>Frees what the generator owns, at once or when the last running call has ended. Later calls throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _lifetime.End();

    private async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(int[][] tokens, int dimensions, CancellationToken cancellationToken)
    {
        _lifetime.Enter();
        try
        {
            // A lone request's forward runs on the thread that asks, which may be one that must not block.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            var texts = await _reader.ReadAsync(tokens, cancellationToken).ConfigureAwait(false);
            var (count, createdAt) = (tokens.Sum(text => (long)text.Length), _options.TimeProvider.GetUtcNow());
            return new(texts.Select(text => new Embedding<float>(text.Pool(dimensions, _options.Normalizes)) { ModelId = _metadata.DefaultModelId, CreatedAt = createdAt }))
            {
                Usage = new() { InputTokenCount = count, TotalTokenCount = count },
            };
        }
        finally
        {
            _lifetime.Leave();
        }
    }

    [LoggerMessage(LogLevel.Information, "EmbeddingGenerationOptions.ModelId asks for {Asked}; this generator has one model, {Model}, which reads. Logged once.")]
    private partial void LogOtherModel(string asked, string model);
}
