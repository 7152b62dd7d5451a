namespace Decant.Tests.Decoding.Constraints;

/// <summary>Token healing: what is taken back, and that what follows has exactly the conditional distribution.</summary>
public class TokenHealingTests
{
    private static readonly TestVocabulary _vocabulary = TestVocabulary.Standard;

    [Theory]
    [InlineData("d a b", 4, 2, 2)] // "ab" begins "abc"
    [InlineData("d a b", 1, 1, 1)] // "b" begins "bc"
    [InlineData("d t", 4, 1, 1)] // "t" begins "the"
    [InlineData("a d", 4, 1, 1)] // "d" begins "dd", "ad" begins nothing
    [InlineData("d q", 4, 0, 0)]
    [InlineData("d abc", 4, 0, 0)]
    [InlineData("b </s>", 4, 0, 0)]
    [InlineData("</s> a b", 4, 2, 2)]
    [InlineData("a b", 4, 1, 1)] // one token must remain
    [InlineData("a", 4, 0, 0)]
    public void The_longest_end_that_begins_a_longer_token_is_taken_back(string prompt, int maxTokens, int tokens, int bytes)
    {
        var healed = Plan(maxTokens).Heal(_vocabulary.Ids(prompt.Split(' ')));
        Assert.Equal((tokens, bytes), (healed.TokenCount, healed.ByteCount));
    }

    [Fact]
    public void Continuations_have_the_conditional_distribution_of_the_first_token()
    {
        using var model = TableModel.Random(_vocabulary.Count, order: 3);
        int[] prompt = _vocabulary.Ids("d", "e", "a", "b");
        var healed = Plan(4).Heal(prompt);
        var shorter = prompt[..^healed.TokenCount];

        // Every continuation of two tokens, by enumeration of what the model says where nothing constrains it.
        var first = Distribution(model, shorter);
        var covers = Enumerable.Range(0, _vocabulary.Count).Where(id => !_vocabulary.IsSpecial(id) && _vocabulary.Bytes(id).StartsWith("ab"u8)).ToList();
        Assert.Equal(2, covers.Count);
        var mass = covers.Sum(id => first[id]);
        var distribution = new TokenDistribution();
        var total = 0.0;
        for (var token = 0; token < _vocabulary.Count; token++)
        {
            var state = healed.Plan.CreateState(shorter);
            Fill(model, healed.Plan, state, distribution);
            var expected = covers.Contains(token) ? first[token] / mass : 0;
            Assert.Equal(expected, distribution.ProbabilityOf(token), 1e-6);
            if (expected == 0) continue;
            state.Commit(token, distribution);
            Fill(model, healed.Plan, state, distribution);
            var second = Distribution(model, [.. shorter, token]);
            total += Statistics.TotalVariation(second, Enumerable.Range(0, _vocabulary.Count).Select(id => (double)distribution.ProbabilityOf(id)));
        }

        Assert.Equal(0, total, 1e-6);
    }

    [Fact]
    public void The_first_token_is_held_to_the_beginning_and_can_be_taken_back()
    {
        var healed = Plan(4).Heal(_vocabulary.Ids("d", "a", "b"));
        var state = healed.Plan.CreateState(_vocabulary.Ids("d"));
        var wrong = _vocabulary.Ids("b")[0];
        Assert.Contains("token-healing", Assert.Throws<InvalidOperationException>(() => state.Commit(wrong)).Message);
        var fork = state.Fork();
        state.Commit(_vocabulary.Ids("abc")[0]);
        state.Commit(wrong);
        state.Rollback(2);
        foreach (var each in (GenerationState[])[state, fork]) Assert.Throws<InvalidOperationException>(() => each.Commit(wrong));
    }

    [Fact]
    public void A_plan_that_heals_no_prompt_demands_nothing()
    {
        Assert.Equal(_vocabulary.Count, Plan(4).Row(new float[_vocabulary.Count]).Count);
        var plan = Plans.Of(new GreedyOptions());
        Assert.Equal(new HealedPrompt(plan, 0, 0), plan.Heal([1, 2]));
    }

    [Fact]
    public void Twice_is_refused()
        => Assert.Contains("token-healing", Assert.Throws<ArgumentException>(() => DecodingPlan.Compile(
            new DecodingOptions { Constraints = [new TokenHealingOptions(), new TokenHealingOptions { MaxTokens = 2 }] }, _vocabulary.Context)).Message);

    private static DecodingPlan Plan(int maxTokens)
        => DecodingPlan.Compile(new DecodingOptions { Constraints = [new TokenHealingOptions { MaxTokens = maxTokens }] }, _vocabulary.Context);

    private static void Fill(TableModel model, DecodingPlan plan, GenerationState state, TokenDistribution distribution)
    {
        var logits = new float[_vocabulary.Count];
        model.Fill(state.Tokens, logits);
        plan.Target.Row(new BranchRows(logits), state, distribution);
    }

    private static double[] Distribution(TableModel model, int[] tokens)
    {
        var logits = new float[_vocabulary.Count];
        model.Fill(tokens, logits);
        return TextbookSampling.Distribution(logits, new SamplingOptions());
    }
}
