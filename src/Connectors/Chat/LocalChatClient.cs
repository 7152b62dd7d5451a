using Decant.Connectors.Embedded;
using Decant.Connectors.Engines;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Decant.Connectors.Chat;

/// <summary>An <see cref="IChatClient"/> over a language model in this process.</summary>
/// <remarks>
/// <para>Safe for concurrent use: calls share the model, each has its own state. It keeps no conversations; every call carries its whole
/// history, and what an earlier call has already read is found again and not run twice.</para>
/// <para>Every member of <see cref="ChatOptions"/> either has its effect or the call throws <see cref="NotSupportedException"/>
/// naming it. <see cref="ChatOptions.ModelId"/> is informational. Reasoning that is asked for as a summary is given in full. The effort
/// "none" turns thinking off in the chat template, any other turns it on. <see cref="ChatOptions.Instructions"/> and a system message at the
/// beginning of the history become one system message, instructions first. <see cref="ChatOptions.ResponseFormat"/> and tools' schemas are enforced while the answer is written, and explained in the prompt; what of a schema cannot be enforced is a
/// warning (<see cref="DecodingResponseExtensions.GetWarnings"/>). Tools that may not be called are mentioned to the model all the same; tools that are no functions are ignored.</para>
/// <para>A call throws <see cref="ArgumentException"/> and <see cref="NotSupportedException"/> before it returns; what needs
/// the model, such as <see cref="ContextOverflowException"/> for a prompt longer than the context, it throws when awaited or enumerated; so also
/// <see cref="QueueFullException"/> and <see cref="DeadlineExceededException"/>, where calls have to wait for their turn (<see cref="LocalChatClientOptions.MaxRunningCalls"/>).</para>
/// </remarks>
public sealed partial class LocalChatClient : IChatClient
{
    private readonly LoadedModel _target;
    private readonly BranchModelLoader _loader;
    private readonly NamedModels _models;
    private readonly LocalChatClientOptions _options;
    private readonly PlanContext _context;
    private readonly Lifetime _lifetime;
    private readonly ChatClientMetadata _metadata;
    private readonly CallGate _gate;
    private readonly TokenCounter _tokens = new();
    private readonly ILogger _logger;
    private int _modelIdLogged;

    /// <summary>Creates a client over a loaded model.</summary>
    /// <param name="model">The model; disposed with the client unless <see cref="LocalChatClientOptions.OwnsModel"/> is false.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="template">The model's chat template.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the exception names it.</exception>
    public LocalChatClient(ICausalModel model, TextTokenizer tokenizer, ChatTemplate template, LocalChatClientOptions? options = null)
        : this(model, options is { OwnsModel: false } ? null : model, tokenizer, template, options)
    {
    }

    private LocalChatClient(ICausalModel model, IDisposable? owned, TextTokenizer tokenizer, ChatTemplate template, LocalChatClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(template);
        _options = options ?? new LocalChatClientOptions();
        _options.Validate();
        _logger = _options.LoggerFactory?.CreateLogger<LocalChatClient>() ?? (ILogger)NullLogger.Instance;
        _target = new LoadedModel(model, tokenizer, template, _options, owned);
        _loader = new BranchModelLoader(tokenizer, _options, _logger);
        _models = new NamedModels(_loader.Load);
        _context = new PlanContext
        {
            Model = model.Info,
            Vocabulary = tokenizer,
            Encode = text => [.. tokenizer.Encode(text, addSpecialTokens: false)],
            Services = _options.Services,
        };
        _lifetime = new Lifetime(this, Free);
        _gate = new CallGate(_options.MaxRunningCalls, _options.MaxQueuedCalls, _options.TimeProvider);
        _metadata = new ChatClientMetadata("decant", null, _options.ModelId ?? model.Info.Name);
        ClientMetrics.Add(this);
    }

    /// <summary>Loads the model, tokenizer and chat template of a Hugging Face model folder.</summary>
    /// <param name="folder">The folder, or the name of one of <see cref="EmbeddedModels"/>. Default: <see cref="EmbeddedModels.Tiny"/>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told the fraction loaded, 0 … 1.</param>
    /// <param name="cancellationToken">Stops the load.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">A file of the checkpoint is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged; the message names it.</exception>
    /// <exception cref="NotSupportedException">The model or tokenizer is of a kind that is not known, or a device is not there; the message names it.</exception>
    /// <exception cref="DllNotFoundException">The Torch engine was asked for and there is no libtorch; the message says what to do.</exception>
    /// <exception cref="InsufficientMemoryException">The model does not fit on the devices.</exception>
    /// <exception cref="OperationCanceledException">The load was stopped.</exception>
    public static LocalChatClient Load(
        string? folder = null, LocalChatClientOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        folder = EmbeddedModels.ResolveExisting(folder);
        options ??= new LocalChatClientOptions();

        // The small files first: their errors should not wait for gigabytes.
        var tokenizer = TextTokenizer.Load(folder);
        var template = options.PlainPrompt ? ChatTemplate.Plain : ChatTemplate.Load(folder) ?? ChatTemplate.Plain;
        var defaults = GenerationDefaults.Read(folder);
        options = options with { DefaultDecoding = (options.DefaultDecoding ?? new()).Or(defaults), Pool = options.Pool ?? new ModelPool() };
        options.Validate();

        var logger = options.LoggerFactory?.CreateLogger<LocalChatClient>() ?? (ILogger)NullLogger.Instance;
        var lease = options.Pool.Rent(EngineLoader.Choose(folder, options, logger), progress, cancellationToken);
        return new LocalChatClient(lease.Model, lease, tokenizer, template, options);
    }

    /// <summary><see cref="Load"/> on another thread.</summary>
    /// <inheritdoc cref="Load"/>
    public static Task<LocalChatClient> LoadAsync(
        string? folder = null, LocalChatClientOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
        => Task.Run(() => Load(folder, options, progress, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        => GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        _lifetime.ThrowIfEnded();
        var request = ChatOptionsMapper.Map([.. messages], options, _options.DefaultDecoding ?? new(), _context, _target.Template, this);
        _loader.Check(request.Plan);
        Log(request);
        var telemetry = CallTelemetry.Create(_metadata.DefaultModelId!, request.Plan.Options, _options.TimeProvider, _logger);
        var updates = new ChatRun(_target, _models, _lifetime, _gate, _tokens, _options, _metadata.DefaultModelId!, request) { Telemetry = telemetry }.RunAsync(cancellationToken);
        return telemetry?.WatchAsync(updates, cancellationToken) ?? updates;
    }

    /// <summary>Gives <see cref="ChatClientMetadata"/>, <see cref="ICausalModel"/>, <see cref="TextTokenizer"/>, <see cref="ChatTemplate"/>, <see cref="DecodingServices"/> or this client.</summary>
    object? IChatClient.GetService(Type serviceType, object? serviceKey)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(ChatClientMetadata)) return _metadata;
        object[] services = [this, _target.Model, _target.Tokenizer, _target.Template, _options.Services];
        return Array.Find(services, serviceType.IsInstanceOfType);
    }

    /// <summary>What the client and its engine are doing: queue, batches, tokens, memory. Behind middleware, ask <c>client.GetService&lt;LocalChatClient&gt;()</c>.</summary>
    public ClientLoad GetLoad()
    {
        var engine = _target.Model as IBatchingEngine;
        return _tokens.Fill(new ClientLoad
        {
            RunningCalls = _gate.Running,
            QueuedCalls = _gate.Queued,
            FinishedCalls = _gate.Finished,
            RefusedCalls = _gate.Refused,
            Steps = engine?.Steps.Steps ?? 0,
            StepRows = engine?.Steps.Rows ?? 0,
            StepRequests = engine?.Steps.Requests ?? 0,
            KvTokensInUse = engine?.Memory.TokensInUse ?? 0,
            KvTokenBudget = engine?.Memory.Budget,
            PrefixCacheTokens = _target.Prefixes.Tokens,
            Preemptions = engine?.Memory.Preemptions ?? 0,
        });
    }

    /// <summary>Frees what the client owns, at once or when the last running call has noticed and ended. Later calls throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        ClientMetrics.Remove(this);
        _lifetime.End();
    }

    private void Free()
    {
        _models.Dispose();
        _target.Dispose();
    }

    private void Log(ChatRequest request)
    {
        if (request.ModelId is { } asked && asked != _metadata.DefaultModelId && Interlocked.Exchange(ref _modelIdLogged, 1) == 0)
            LogOtherModel(asked, _metadata.DefaultModelId!);
        foreach (var key in request.IgnoredKeys) LogIgnoredKey(key);
    }

    [LoggerMessage(LogLevel.Information, "ChatOptions.ModelId asks for {Asked}; this client has one model, {Model}, which answers. Logged once.")]
    private partial void LogOtherModel(string asked, string model);

    [LoggerMessage(LogLevel.Debug, "ChatOptions.AdditionalProperties[\"{Key}\"] means nothing to this client and is ignored.")]
    private partial void LogIgnoredKey(string key);
}
