using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Decant.Tests.Connectors.Grounding;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Search.Prompts;

/// <summary>A mixture of two prompts: behind the first the model says n with .9, behind the second p with .8.</summary>
public sealed class PromptControllerTests : IDisposable
{
    private static readonly TestVocabulary _vocabulary = new("</s>", "n", "p");
    private static readonly PromptControllerOptions _options = new() { Prompts = ["Be negative.", "Be positive."], UpdateEvery = 1, Rewards = [new NamedRewardOptions { Reward = "positive" }] };

    private readonly TableModel _model = new(3, (tokens, logits) =>
    {
        var positive = tokens[0] == 1 ? .1 : .8;
        (logits[0], logits[1], logits[2]) = (float.NegativeInfinity, (float)Math.Log(1 - positive), (float)Math.Log(positive));
    });

    [Fact]
    public async Task Weights_and_mixture_by_hand()
    {
        var weights = PromptController.Weights(2, [0, 1]);
        Assert.Equal([.119f, .881f], weights, (left, right) => Math.Abs(left - right) < 5e-4);

        var plan = Plan(_options);
        var state = plan.CreateState([1]);
        using var first = await _model.OpenSequence().ForwardAsync(new ForwardInput(new[] { 1 }));
        using var second = await _model.OpenSequence().ForwardAsync(new ForwardInput(new[] { 2 }));
        double Positive(TokenDistribution row)
        {
            plan.Target.Row(new BranchRows([new BranchRow(first, 0), new BranchRow(second, 0)]), state, row);
            return row.ProbabilityOf(2);
        }

        Assert.Equal(.45, Positive(new TokenDistribution()), 1e-6);
        state.PromptWeights!.Set(1, weights);
        Assert.Equal(.717, Positive(new TokenDistribution()), 5e-4);
        state.Fork(new PositionNoise(9)).PromptWeights!.Set(2, [1, 0]);
        Assert.Equal(.717, Positive(new TokenDistribution()), 5e-4);
    }

    [Fact]
    public void Tokens_have_the_law_that_enumerating_the_lookaheads_gives()
    {
        var expected = 0.0;
        foreach (var (first, chance) in (ReadOnlySpan<(double, double)>)[(0, .9), (1, .1)])
        {
            foreach (var (second, otherChance) in (ReadOnlySpan<(double, double)>)[(0, .2), (1, .8)])
            {
                var weights = PromptController.Weights(2, [first, second]);
                expected += chance * otherChance * ((weights[0] * .1) + (weights[1] * .8));
            }
        }

        const int Runs = 4000;
        Assert.Equal(expected, Enumerable.Range(0, Runs).Count(seed => Text(_options, 1, new SamplingOptions { Seed = seed }) == "p") / (double)Runs, .02);
        Assert.Equal(.45, Enumerable.Range(0, Runs).Count(seed => Text(_options with { Eta = 0 }, 1, new SamplingOptions { Seed = seed }) == "p") / (double)Runs, .02);
    }

    [Fact]
    public void Rewards_turn_what_the_mixture_says()
    {
        Assert.Equal("pppp", Text(_options, 4, new GreedyOptions()));
        Assert.Equal("nnnn", Text(_options with { Eta = 0 }, 4, new GreedyOptions()));
        Assert.Equal("nnnn", Text(_options with { Eta = .1 }, 4, new GreedyOptions()));
        Assert.Contains(Enumerable.Range(0, 20), seed => Text(_options, 12, new SamplingOptions { Seed = seed }) != Text(_options with { UpdateEvery = 8 }, 12, new SamplingOptions { Seed = seed }));
    }

    [Fact]
    public void A_trace_reads_the_rows_with_the_weights_that_they_had()
    {
        var weights = new Weights();
        Assert.Equal("ppp", Text(_options, 3, new GreedyOptions(), weights));
        Assert.Equal([.119f, .119f, .119f], weights.Read, (left, right) => Math.Abs(left - right) < 5e-4);
    }

    [Fact]
    public async Task The_prompts_run_once_for_all_lookaheads()
    {
        using var model = TestChat.Babbler();
        using var client = TestChat.Client(model);
        var options = new ChatOptions { MaxOutputTokens = 2 }.WithDecoding(d => d.Search(_options with { Rewards = [new LengthRewardOptions { Max = 5 }] }));
        var prompt = (await client.GetResponseAsync(new string('x', 200), options)).Usage!.InputTokenCount!.Value;
        Assert.InRange(model.Rows, 2 * prompt, (2 * prompt) + 30);
    }

    [Fact]
    public void Where_a_reward_is_spent_the_weights_stay()
    {
        // What is liked changes with the second token, and only who may score again notices.
        DelegateReward fickle = new(text => (text.Length == 1) == text.EndsWith('p') ? 1 : 0);
        Assert.Equal("pnnn", Text(_options, 4, new GreedyOptions(), reward: fickle));
        var spent = _options with { Rewards = [new NamedRewardOptions { Reward = "positive", MaxScored = 2 }] };
        Assert.Equal("pppp", Text(spent, 4, new GreedyOptions(), reward: fickle));
    }

    [Fact]
    public void Lookaheads_stop_where_the_budget_does()
    {
        var counter = new ForwardCounter();
        var text = Text(_options with { UpdateEvery = 2 }, 50, new GreedyOptions(), null, new BudgetOptions { MaxForwards = 40 }, counter);
        Assert.StartsWith("pp", text);
        Assert.InRange(text.Length, 4, 20);
        Assert.InRange(counter.Total, 36, 46);
    }

    [Fact]
    public void A_contrast_is_refused()
    {
        var exception = Assert.Throws<ArgumentException>(() => DecodingPlan.Compile(new DecodingOptions { Search = _options, Contrast = new GuidanceOptions() }, Context()));
        Assert.Contains("prompt-controller", exception.Message);
        Assert.Contains("guidance", exception.Message);
    }

    [Fact]
    public async Task In_a_chat_the_prompts_are_system_messages()
    {
        var model = TextModel.Of((prompt, said) => said.Length == 4 ? [(TextModel.End, 1)] : prompt.Contains("<|system|>Be positive.") ? [('p', .8), ('n', .2)] : [('n', .9), ('p', .1)]);
        using (var client = TestChat.Client(model, new LocalChatClientOptions { Services = Services() }))
        {
            var options = new ChatOptions { Temperature = 0, Instructions = "Be anything." };
            Assert.Equal("nnnn", (await client.GetResponseAsync("How?", options)).Text);
            Assert.Equal("pppp", (await client.GetResponseAsync("How?", options.WithDecoding(d => d.Search(_options)))).Text);
        }

        Assert.Equal((0, 0), (model.OpenSequences, model.OpenResults));
    }

    public void Dispose() => Assert.Equal(0, _model.OpenResults);

    private static DecodingServices Services(IReward? reward = null) => new DecodingServices().Add("positive", reward ?? new DelegateReward(text => text.EndsWith('p') ? 1 : 0));

    private static PlanContext Context(IReward? reward = null) => _vocabulary.Context with { Services = Services(reward) };

    private static DecodingPlan Plan(PromptControllerOptions search, SamplerOptions? sampling = null, BudgetOptions? budget = null, IReward? reward = null)
        => DecodingPlan.Compile(new DecodingOptions { Search = search, Sampling = sampling, Budget = budget }, Context(reward));

    private string Text(PromptControllerOptions search, int tokens, SamplerOptions sampling, ITraceSink? trace = null, BudgetOptions? budget = null, ForwardCounter? counter = null, IReward? reward = null)
    {
        using var sequence = _model.OpenSequence();
        var request = new GenerationRequest
        {
            Sequence = sequence,
            Prompt = new[] { 1 },
            Branches = [new BranchSource(new[] { 2 })],
            Plan = Plan(search, sampling, budget, reward),
            MaxTokens = tokens,
            Trace = trace,
            Counter = counter ?? new ForwardCounter(),
        };
        return string.Concat(Generator.GenerateAsync(request).ToBlockingEnumerable().Select(token => "$np"[token.Id]));
    }

    private sealed class Weights : ITraceSink
    {
        public List<float> Read { get; } = [];

        public void Add(in TracedRow row) => Read.Add((float)row.Distribution.Report.Weight!);
    }
}
