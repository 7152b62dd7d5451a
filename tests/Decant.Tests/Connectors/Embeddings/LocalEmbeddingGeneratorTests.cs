using System.Numerics.Tensors;
using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Embeddings;
using Decant.Connectors.Text;
using Decant.Connectors.Torch;
using Decant.Tests.Conformance;
using Decant.Tests.Connectors.Torch;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Embeddings;

/// <summary>Embeddings against those worked out by hand from states that are read text by text and token by token.</summary>
public sealed class LocalEmbeddingGeneratorTests : IDisposable
{
    private const string Long = "Tell me a story about Savisha, who lives in a house of stone and sells the silk of Patutex.";
    private static readonly string _folder = EmbeddedModels.Folder(EmbeddedModels.Draft);
    private static readonly string[] _texts = ["Where does Savisha live?", "a", Long, "What is 58 + 67?", "<|user|>é☃"];
    private readonly CpuModel _model = CpuModel.Load(_folder, new CpuModelOptions { Threads = 1 });
    private readonly TextTokenizer _tokenizer = TextTokenizer.Load(_folder);

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(EmbeddingPooling.Mean, true)]
    [InlineData(EmbeddingPooling.Mean, false)]
    [InlineData(EmbeddingPooling.Last, true)]
    [InlineData(EmbeddingPooling.Last, false)]
    [InlineData(EmbeddingPooling.Weighted, true)]
    [InlineData(EmbeddingPooling.Weighted, false)]
    [InlineData(EmbeddingPooling.PromptEol, true)]
    [InlineData(EmbeddingPooling.PromptEol, false)]
    public async Task An_embedding_is_what_pooling_makes_of_all_states(EmbeddingPooling pooling, bool normalizes)
    {
        using var generator = Generator(new() { Pooling = pooling, Normalizes = normalizes });
        var embeddings = await generator.GenerateAsync(_texts);
        for (var i = 0; i < _texts.Length; i++)
        {
            var expected = Slow(_texts[i], pooling, normalizes);
            var actual = embeddings[i].Vector.ToArray();
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1024)]
    public async Task Texts_have_the_same_bits_alone_and_among_others_whatever_a_forward_holds(int tokensPerForward)
    {
        foreach (var pooling in Enum.GetValues<EmbeddingPooling>())
        {
            using var generator = Generator(new() { Pooling = pooling, MaxTokensPerForward = tokensPerForward });
            using var alone = Generator(new() { Pooling = pooling });
            var together = await generator.GenerateAsync(_texts);
            for (var i = 0; i < _texts.Length; i++) Assert.Equal((await alone.GenerateVectorAsync(_texts[i])).ToArray(), together[i].Vector.ToArray());
        }
    }

    [Fact]
    public async Task Callers_at_the_same_time_get_what_each_would_get_alone()
    {
        using var generator = Generator(new());
        var expected = await generator.GenerateAsync(_texts);
        var calls = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => generator.GenerateVectorAsync(_texts[i % _texts.Length])));
        for (var i = 0; i < calls.Length; i++) Assert.Equal(expected[i % _texts.Length].Vector.ToArray(), calls[i].ToArray());
    }

    [Fact]
    public async Task Every_option_changes_the_embedding()
    {
        LocalEmbeddingOptions[] all = [new(), new() { Pooling = EmbeddingPooling.Last }, new() { Pooling = EmbeddingPooling.Weighted }, new() { Pooling = EmbeddingPooling.PromptEol }, new() { Normalizes = false }, new() { MaxTokens = 4, TruncatesLongTexts = true }];
        var vectors = new List<float[]>();
        foreach (var options in all)
        {
            using var generator = Generator(options);
            vectors.Add((await generator.GenerateVectorAsync(Long)).ToArray());
        }

        for (var i = 0; i < vectors.Count; i++)
        {
            for (var j = 0; j < i; j++) Assert.NotEqual(vectors[i], vectors[j]);
        }
    }

    [Fact]
    public async Task Dimensions_keep_the_first_numbers_at_length_1()
    {
        using var generator = Generator(new());
        using var raw = Generator(new() { Normalizes = false });
        var all = (await raw.GenerateVectorAsync(Long)).ToArray();
        var some = (await generator.GenerateVectorAsync(Long, new() { Dimensions = 5 })).ToArray();
        Assert.Equal(all[..5], (await raw.GenerateVectorAsync(Long, new() { Dimensions = 5 })).ToArray());
        Assert.Equal(5, some.Length);
        Assert.Equal(1, TensorPrimitives.Norm(some), 1e-5);
        Assert.Equal(1, TensorPrimitives.CosineSimilarity(some, all.AsSpan(0, 5)), 1e-5);
        var width = _model.Info.HiddenSize;
        Assert.Equal(width, (await generator.GenerateVectorAsync("a", new() { Dimensions = width })).Length);
        Assert.Contains($"1 to {width}", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => generator.GenerateAsync(["a"], new() { Dimensions = width + 1 }))).Message);
    }

    [Theory]
    [InlineData(EmbeddingPooling.Mean)]
    [InlineData(EmbeddingPooling.PromptEol)]
    public async Task A_long_text_is_refused_by_its_index_or_cut_to_its_beginning(EmbeddingPooling pooling)
    {
        var most = _tokenizer.Encode(Prompt("Tell me a story ", pooling), parseSpecialTokens: false).Length;
        using var strict = Generator(new() { Pooling = pooling, MaxTokens = most });
        using var lenient = Generator(new() { Pooling = pooling, MaxTokens = most, TruncatesLongTexts = true });
        var error = await Assert.ThrowsAsync<ArgumentException>(() => strict.GenerateAsync(["a", Long]));
        Assert.All((string[])["Text 1", $"at most {most}", "TruncatesLongTexts"], part => Assert.Contains(part, error.Message));
        var cut = await lenient.GenerateAsync([Long]);
        Assert.Equal((await lenient.GenerateVectorAsync("Tell me a story ")).ToArray(), cut[0].Vector.ToArray());
        Assert.Equal(most, cut.Usage!.InputTokenCount);
    }

    [Fact]
    public async Task A_prompt_that_leaves_no_room_is_an_error()
    {
        using var generator = Generator(new() { Pooling = EmbeddingPooling.PromptEol, MaxTokens = 3, TruncatesLongTexts = true });
        Assert.Contains("leaves no token", (await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["Hello"]))).Message);
    }

    [Fact]
    public async Task Usage_times_and_ids_are_filled_in()
    {
        var clock = new FixedClock();
        using var generator = Generator(new() { ModelId = "mine", TimeProvider = clock });
        var embeddings = await generator.GenerateAsync(new EnumeratedOnce<string>(_texts));
        var tokens = _texts.Sum(text => _tokenizer.Encode(text, parseSpecialTokens: false).Length);
        Assert.Equal((tokens, tokens), (embeddings.Usage!.InputTokenCount, embeddings.Usage.TotalTokenCount));
        Assert.Equal(_texts.Length, embeddings.Count);
        Assert.All(embeddings, embedding => Assert.Equal(("mine", clock.GetUtcNow()), (embedding.ModelId, embedding.CreatedAt)));
        var metadata = generator.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal(("decant", "mine", _model.Info.HiddenSize), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Same(_model, generator.GetService<ICausalModel>());
        Assert.Same(_tokenizer, generator.GetService<TextTokenizer>());
        Assert.Same(generator, generator.GetService<LocalEmbeddingGenerator>());
        Assert.Null(generator.GetService<ICausalModel>("key"));
    }

    [Fact]
    public async Task No_texts_give_no_embeddings_and_no_text_is_an_error()
    {
        using var generator = Generator(new());
        var nothing = await generator.GenerateAsync([]);
        Assert.Empty(nothing);
        Assert.Equal(0, nothing.Usage!.TotalTokenCount);
        await Assert.ThrowsAsync<ArgumentNullException>("values", () => generator.GenerateAsync(null!));
        Assert.Contains("Text 1 is empty", (await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["a", ""]))).Message);
        Assert.Contains("Text 0 is null", (await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([null!]))).Message);
    }

    [Fact]
    public async Task Cancellation_ends_a_call_and_disposal_the_generator()
    {
        var generator = Generator(new() { MaxTokensPerForward = 1 });
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(_texts, cancellationToken: cancellation.Token));
        var running = generator.GenerateAsync(_texts);
        generator.Dispose();
        generator.Dispose();
        Assert.Equal(_texts.Length, (await running).Count);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => generator.GenerateAsync(["a"]));
        _model.OpenSequence().Dispose();
    }

    [SkippableFact]
    public async Task Both_engines_embed_alike_and_equal_lists_of_devices_share_a_model()
    {
        Skip.If(TorchPresence.Missing is not null, TorchPresence.Missing);
        var pool = new ModelPool();
        LocalEmbeddingGenerator Load() => LocalEmbeddingGenerator.Load(EmbeddedModels.Draft, new() { Pool = pool, Torch = new TorchModelOptions { Devices = new List<string> { "cpu" }, Weights = TorchWeightFormat.Float32 } });
        using var torch = Load();
        using var again = Load();
        Assert.Equal(1, pool.Count);
        using var cpu = LocalEmbeddingGenerator.Load(EmbeddedModels.Draft, new() { Engine = ChatEngine.Cpu, Cpu = new() { Weights = WeightFormat.Float32 } });
        var (one, other) = (await torch.GenerateAsync(_texts), await cpu.GenerateAsync(_texts));
        for (var i = 0; i < _texts.Length; i++) Assert.Equal(1, TensorPrimitives.CosineSimilarity(one[i].Vector.Span, other[i].Vector.Span), 1e-4);
    }

    [Fact]
    public async Task What_has_no_meaning_is_refused_and_another_models_name_is_logged_once()
    {
        using var logger = new RecordingLogger();
        using var generator = Generator(new() { LoggerFactory = logger });
        Assert.Contains("RawRepresentationFactory", (await Assert.ThrowsAsync<NotSupportedException>(() => generator.GenerateAsync(["a"], new() { RawRepresentationFactory = _ => null }))).Message);
        for (var i = 0; i < 2; i++) await generator.GenerateAsync(["a"], new() { ModelId = "other" });
        Assert.Contains("other", Assert.Single(logger.Records).Message);
        foreach (var wrong in (LocalEmbeddingOptions[])[new() { MaxTokens = 0 }, new() { MaxTokensPerForward = 0 }, new() { Pooling = (EmbeddingPooling)9 }, new() { Engine = (ChatEngine)9 }])
            Assert.ThrowsAny<ArgumentException>(() => Generator(wrong).Dispose());
        using var table = TableModel.Random(TestChat.Tokenizer.Count);
        Assert.Contains("HiddenStates", Assert.Throws<ArgumentException>(() => new LocalEmbeddingGenerator(table, TestChat.Tokenizer)).Message);
        Assert.Throws<DirectoryNotFoundException>(() => LocalEmbeddingGenerator.Load("no/such/folder"));
    }

    private static string Prompt(string text, EmbeddingPooling pooling) => pooling == EmbeddingPooling.PromptEol ? $"This sentence : \"{text}\" means in one word:\"" : text;

    private LocalEmbeddingGenerator Generator(LocalEmbeddingOptions options) => new(_model, _tokenizer, options with { OwnsModel = false });

    private double[] Slow(string text, EmbeddingPooling pooling, bool normalizes)
    {
        using var sequence = _model.OpenSequence();
        var states = new List<double[]>();
        foreach (var token in _tokenizer.Encode(Prompt(text, pooling), parseSpecialTokens: false))
        {
            using var result = sequence.ForwardAsync(new ForwardInput(new[] { token }) { Taps = new Taps { FinalHidden = true } }).AsTask().GetAwaiter().GetResult();
            states.Add([.. result.FinalHidden(0).ToArray()]);
        }

        var weights = states.Select((_, i) => pooling switch { EmbeddingPooling.Mean => 1.0, EmbeddingPooling.Weighted => i + 1.0, _ => i == states.Count - 1 ? 1.0 : 0 }).ToList();
        double[] pooled = [.. Enumerable.Range(0, states[0].Length).Select(column => states.Zip(weights, (state, weight) => state[column] * weight).Sum() / weights.Sum())];
        var length = normalizes ? Math.Sqrt(pooled.Sum(value => value * value)) : 1;
        return [.. pooled.Select(value => value / length)];
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }
}
