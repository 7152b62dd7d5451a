using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Rewards;
using Decant.Connectors.Text;
using Decant.Tests.Conformance;

namespace Decant.Tests.Connectors.Rewards;

/// <summary>A linear head on a model's states as a reward, against states read text by text and token by token.</summary>
public sealed class ClassifierRewardTests : IDisposable
{
    private static readonly string _folder = EmbeddedModels.Folder(EmbeddedModels.Draft);
    private readonly CpuModel _model = CpuModel.Load(_folder, new CpuModelOptions { Threads = 1 });
    private readonly TextTokenizer _tokenizer = TextTokenizer.Load(_folder);

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData(StatePooling.Mean, false)]
    [InlineData(StatePooling.Last, false)]
    [InlineData(StatePooling.Mean, true)]
    public async Task The_score_is_the_heads_probability_of_the_pooled_state(StatePooling pooling, bool withPrompt)
    {
        var head = new LinearHead([.. Enumerable.Range(1, _model.Info.HiddenSize).Select(i => Math.Sin(i))], .3);
        var reward = new ClassifierReward(_model, _tokenizer, head, pooling, withPrompt);
        string[] texts = ["Savisha lives in a house.", "a", "The product of Patutex is silk."];
        var scores = await reward.ScoreAsync(new RewardContext("Who?"), [.. texts.Select(text => new RewardCandidate(text))], default);
        for (var i = 0; i < texts.Length; i++) Assert.Equal(1 / (1 + Math.Exp(-head.Score(State(withPrompt ? "Who?\n" + texts[i] : texts[i], pooling)))), scores[i], 1e-4);
        Assert.True(scores.Distinct().Count() == 3);
    }

    [Fact]
    public async Task A_text_without_tokens_has_the_bias()
    {
        var tokens = _tokenizer.Encode("");
        var scores = await new ClassifierReward(_model, _tokenizer, new LinearHead(new double[_model.Info.HiddenSize], 2)).ScoreAsync(new RewardContext(""), [new RewardCandidate(""), new RewardCandidate("a")], default);
        Assert.Equal([1 / (1 + Math.Exp(-2)), 1 / (1 + Math.Exp(-2))], scores);
        Assert.InRange(tokens.Length, 0, 1);
    }

    [Fact]
    public void Models_and_heads_that_do_not_fit_are_refused()
    {
        Assert.Contains("draft", Assert.Throws<ArgumentException>(() => new ClassifierReward(_model, _tokenizer, new LinearHead([1], 0))).Message);
        using var table = TableModel.Random(TestChat.Tokenizer.Count);
        Assert.Contains("HiddenStates", Assert.Throws<ArgumentException>(() => new ClassifierReward(table, TestChat.Tokenizer, new LinearHead([1], 0))).Message);
    }

    private float[] State(string text, StatePooling pooling)
    {
        using var sequence = _model.OpenSequence();
        var states = new List<float[]>();
        foreach (var token in _tokenizer.Encode(text, parseSpecialTokens: false))
        {
            using var result = sequence.ForwardAsync(new ForwardInput(new[] { token }) { Taps = new Taps { FinalHidden = true } }).AsTask().GetAwaiter().GetResult();
            states.Add(result.FinalHidden(0).ToArray());
        }

        return pooling == StatePooling.Last ? states[^1] : [.. Enumerable.Range(0, states[0].Length).Select(i => states.Average(state => state[i]))];
    }
}
