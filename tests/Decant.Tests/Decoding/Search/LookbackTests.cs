using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Search;

public sealed class LookbackTests : IDisposable
{
    private readonly CpuModel _model = CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));

    public void Dispose() => _model.Dispose();

    [Fact]
    public void The_ratio_is_attention_to_documents_over_all()
    {
        Assert.Equal(.3077f, LookbackRatios.Ratio([.2f, .1f, .1f, .4f, .2f], new TokenRange(0, 3)), 4);
        // What stands before the documents counts for neither side.
        Assert.Equal(.3077f, LookbackRatios.Ratio([.9f, .2f, .1f, .1f, .4f, .2f], new TokenRange(1, 4)), 4);
        Assert.Equal(1, LookbackRatios.Ratio([.2f, .8f], new TokenRange(0, 2)));
        Assert.Equal(0, LookbackRatios.Ratio([0, 0, 0], new TokenRange(0, 2)));
    }

    [Fact]
    public void The_classifier_is_a_logistic_regression_and_survives_a_file()
    {
        var classifier = new LookbackClassifier(1, 2, [4, -2], -.5);
        Assert.Equal(.8909, classifier.Probability([.8f, .3f]), 4);
        Assert.Equal(.5250, classifier.Probability([.4f, .5f]), 4);
        var path = Path.GetTempFileName();
        classifier.Save(path);
        var read = LookbackClassifier.Load(path);
        Assert.Equal(classifier.Weights, read.Weights);
        Assert.Equal((1, 2, -.5), (read.Layers, read.Heads, read.Bias));
        File.WriteAllText(path, """{"layers":1,"heads":2,"weights":[1],"bias":0}""");
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => LookbackClassifier.Load(path)).Message, StringComparison.Ordinal);
        File.Delete(path);
        Assert.Throws<ArgumentException>(() => classifier.Probability([1]));
    }

    [Fact]
    public void Training_finds_the_minimum_of_the_penalised_loss()
    {
        var random = new Random(2);
        LookbackExample[] examples = [.. Enumerable.Range(0, 60).Select(i =>
        {
            float[] ratios = [random.NextSingle(), random.NextSingle(), random.NextSingle()];
            return new LookbackExample(ratios, (2 * ratios[0]) - ratios[1] + (0.3 * random.NextDouble()) > .6);
        })];
        var classifier = LookbackTrainer.Train(1, 3, examples, l2: .5);
        // Every partial derivative vanishes there, and nowhere else.
        for (var i = 0; i < 3; i++) Assert.Equal(0, examples.Sum(example => Residual(example) * example.Ratios.Span[i]) - (.5 * classifier.Weights[i]), 8);
        Assert.Equal(0, examples.Sum(Residual), 8);
        Assert.InRange(LookbackTrainer.Auroc(classifier, examples), .9, 1);
        Assert.Equal(classifier.Weights, LookbackTrainer.Train(1, 3, examples, l2: .5).Weights);
        Assert.Throws<ArgumentException>(() => LookbackTrainer.Train(1, 3, [.. examples.Where(example => example.Faithful)]));
        Assert.Throws<ArgumentException>(() => LookbackTrainer.Train(1, 2, examples));

        double Residual(LookbackExample example) => (example.Faithful ? 1 : 0) - classifier.Probability(example.Ratios.Span);
    }

    [Fact]
    public void Auroc_counts_pairs_in_the_right_order()
    {
        var classifier = new LookbackClassifier(1, 1, [1], 0);
        LookbackExample[] examples = [new(new[] { .9f }, true), new(new[] { .4f }, true), new(new[] { .4f }, false), new(new[] { .1f }, false)];
        Assert.Equal(.875, LookbackTrainer.Auroc(classifier, examples));
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(3, 5)]
    [InlineData(1, 3)]
    public async Task It_keeps_the_most_faithful_of_independent_draws(int chunkSize, int candidates)
    {
        var classifier = RandomClassifier();
        var prompt = Prompt();
        var context = new TokenRange(5, 20);
        var sampling = new SamplingOptions { Temperature = 1.3f, Seed = 11 };
        var actual = await TokensAsync(Plan(new LookbackGuidanceOptions { Classifier = "c", ChunkSize = chunkSize, Candidates = candidates }, sampling, classifier), prompt, context, 20);

        // The slow way: each draw from the beginning of the text, each scored by reading it again.
        List<int> text = [.. prompt];
        while (text.Count < prompt.Length + 20)
        {
            var (best, highest) = (new List<int>(), -1.0);
            for (var candidate = 0; candidate < candidates; candidate++)
            {
                var seed = new PositionNoise(11).Derive(candidate).Seed;
                var left = prompt.Length + 20 - text.Count;
                var drawn = (await TokensAsync(Plan(null, sampling with { Seed = seed }), [.. text], context, Math.Min(left, chunkSize))).ConvertAll(token => token.Id);
                var ratios = await LookbackDetector.RatiosAsync(_model, text.ToArray(), context, drawn.ToArray(), chunkSize);
                var probability = classifier.Probability(Assert.Single(ratios));
                if (probability > highest) (best, highest) = (drawn, probability);
            }

            text.AddRange(best);
        }

        Assert.Equal(text[prompt.Length..], actual.ConvertAll(token => token.Id));
        Assert.Equal(FinishKind.MaxTokens, actual[^1].Finish);
        Assert.All(actual[..^1], token => Assert.Null(token.Finish));
    }

    [Fact]
    public async Task With_one_candidate_it_is_plain_decoding()
    {
        var (prompt, context) = (Prompt(), new TokenRange(5, 20));
        for (var seed = 0; seed < 6; seed++)
        {
            var sampling = new SamplingOptions { Temperature = 1.5f, Seed = seed };
            var plain = await TokensAsync(Plan(null, sampling), prompt, context, 30);
            int[] end = [plain[13].Id];
            var one = new LookbackGuidanceOptions { Classifier = "c", Candidates = 1 };
            Assert.Equal(plain, await TokensAsync(Plan(one, sampling, RandomClassifier()), prompt, context, 30));
            Assert.Equal(await TokensAsync(Plan(null, sampling), prompt, context, 30, end), await TokensAsync(Plan(one, sampling, RandomClassifier()), prompt, context, 30, end));
        }
    }

    [Fact]
    public async Task A_detector_scores_what_is_written()
    {
        var classifier = RandomClassifier();
        var (prompt, context) = (Prompt(), new TokenRange(5, 20));
        int[] answer = [.. Enumerable.Range(0, 21).Select(i => 30 + (i * 53 % 200))];
        var score = await new LookbackDetector(_model, classifier).ScoreAsync(prompt, context, answer);
        Assert.Equal(3, score.Chunks.Count);

        // By definition, from one forward over everything.
        var (layers, heads) = (_model.Info.LayerCount, _model.Info.HeadCount);
        using var sequence = _model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput((int[])[.. prompt, .. answer]) { Taps = new Taps { AttentionLayers = [.. Enumerable.Range(1, layers)] } });
        var mean = new double[layers * heads];
        for (var token = 0; token < answer.Length; token++)
        {
            for (var i = 0; i < mean.Length; i++)
            {
                var attention = result.Attention((i / heads) + 1, prompt.Length - 1 + token, i % heads).ToArray();
                var (documents, rest) = (attention[5..20].Average(), attention[20..].Average());
                mean[i] += documents / (documents + rest) / answer.Length;
            }
        }

        Assert.Equal(classifier.Probability([.. mean.Select(value => (float)value)]), score.Probability, 5);
        Assert.Throws<ArgumentException>(() => new LookbackDetector(_model, new LookbackClassifier(1, 1, [1], 0)));
        await Assert.ThrowsAsync<ArgumentException>(() => new LookbackDetector(_model, classifier).ScoreAsync(prompt, new TokenRange(3, 3), answer));
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        var options = new LookbackGuidanceOptions { Classifier = "mine" };
        Assert.Contains("mine", Assert.Throws<ArgumentException>(() => Plan(options, new SamplingOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("temperature", Assert.Throws<ArgumentException>(() => Plan(options with { Classifier = "c" }, new SamplingOptions { Temperature = 0 }, RandomClassifier())).Message, StringComparison.Ordinal);
        Assert.Contains("layers", Assert.Throws<ArgumentException>(() => Plan(options with { Classifier = "c" }, new SamplingOptions(), new LookbackClassifier(1, 1, [1], 0))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LookbackGuidanceOptions().Validate());
        using var sequence = _model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = Prompt(), Plan = Plan(options with { Classifier = "c" }, new SamplingOptions(), RandomClassifier()) };
        Assert.Contains("WithDocuments", Assert.Throws<ArgumentException>(() => Generator.GenerateAsync(request)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Generator.GenerateAsync(request with { ContextTokens = new TokenRange(2, 500) }));
    }

    [Fact]
    public async Task A_chat_call_finds_its_documents_in_the_prompt()
    {
        var options = new LocalChatClientOptions { Services = new DecodingServices().Add("c", RandomClassifier()) };
        using var client = LocalChatClient.Load(null, options);
        var call = new ChatOptions { Temperature = 1.5f, Seed = 4, MaxOutputTokens = 24 }.WithDocuments([new ChatDocument("The product of Patutex is silk."), new ChatDocument("Patutex lies in Mizewick.")]);
        var plain = await client.GetResponseAsync("Tell me about Patutex.", call);
        var guided = await client.GetResponseAsync("Tell me about Patutex.", call.WithDecoding(d => d.Search(new LookbackGuidanceOptions { Classifier = "c" })));
        Assert.NotEqual(plain.Text, guided.Text);

        call.AdditionalProperties!.Remove(ChatOptionsExtensions.DocumentsKey);
        var missing = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("Tell me about Patutex.", call));
        Assert.Contains("WithDocuments", missing.Message, StringComparison.Ordinal);
    }

    private LookbackClassifier RandomClassifier()
    {
        var random = new Random(8);
        var (layers, heads) = (_model.Info.LayerCount, _model.Info.HeadCount);
        return new LookbackClassifier(layers, heads, [.. Enumerable.Range(0, layers * heads).Select(_ => (random.NextDouble() * 2) - 1)], .1);
    }

    private static int[] Prompt() => [.. Enumerable.Range(0, 26).Select(i => 20 + (i * 37 % 300))];

    private DecodingPlan Plan(LookbackGuidanceOptions? search, SamplerOptions sampling, LookbackClassifier? classifier = null)
    {
        var services = new DecodingServices();
        if (classifier is not null) services.Add("c", classifier);
        return DecodingPlan.Compile(new DecodingOptions { Search = search, Sampling = sampling }, new PlanContext { Model = _model.Info, Services = services });
    }

    private async Task<List<GeneratedToken>> TokensAsync(DecodingPlan plan, int[] prompt, TokenRange context, int count, int[]? end = null)
    {
        using var sequence = _model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = prompt, Plan = plan, ContextTokens = context, MaxTokens = count, EndTokens = end ?? [] };
        var tokens = new List<GeneratedToken>();
        await foreach (var token in Generator.GenerateAsync(request)) tokens.Add(token);
        return tokens;
    }
}
