namespace Decant.Tests.Decoding;

/// <summary>What every processor and every sampler promises about rows: strength zero is identity, states fork and roll back, rows cost no memory.</summary>
public class RowContractTests
{
    private const int Vocabulary = 40;

    public static TheoryData<string> Kinds => [.. StrategySlot.All.Where(slot => slot.Name is "processors" or "sampling").SelectMany(slot => slot.Kinds)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_changes_rows_but_not_with_strength_zero(string kind)
    {
        var sample = StrategySamples.Of(kind);
        var plain = Walk(Compile(new SamplingOptions()), 40);
        Assert.NotEqual(plain, Walk(Compile(sample.Changed), 40));
        if (sample.Neutral is { } neutral) Assert.Equal(plain, Walk(Compile(neutral), 40));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_state_that_was_forked_and_rolled_back_is_the_replayed_one(string kind)
    {
        var plan = Compile(StrategySamples.Of(kind).Changed);
        var random = new Random(5);
        List<GenerationState> states = [plan.CreateState([5, 6, 7])];
        for (var round = 0; round < 400; round++)
        {
            var state = states[random.Next(states.Count)];
            switch (random.Next(6))
            {
                case 0 when states.Count < 6:
                    states.Add(state.Fork());
                    break;
                case 1:
                    state.Rollback(random.Next(state.Position - state.PromptLength + 1));
                    break;
                default:
                    var row = Row(plan, state);
                    state.Commit(row.Ids[random.Next(row.Count)], row);
                    break;
            }

            if (round % 5 > 0) continue;
            foreach (var each in states) AssertSame(Row(plan, Replay(plan, each.Generated)), Row(plan, each));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rows_allocate_nothing_once_warm(string kind)
    {
        var plan = Compile(StrategySamples.Of(kind).Changed);
        var state = plan.CreateState([5, 6, 7, 5, 6]);
        var distribution = new TokenDistribution();
        var logits = new float[Vocabulary];
        for (var i = 0; i < 20; i++) state.Commit(5 + (i % 7));
        void Step()
        {
            plan.Target.Row(new BranchRows(logits), state, distribution);
            Sampler.Draw(distribution, state.Noise, state.Position);
        }

        Fill(state.Tokens, logits);
        for (var i = 0; i < 60; i++) Step();

        // The runtime's own caches may grow meanwhile, but not again and again.
        var allocated = Enumerable.Range(0, 5).Select(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 20; i++) Step();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }).Min();
        Assert.Equal(0, allocated);
    }

    private static DecodingPlan Compile(Strategy strategy)
    {
        var options = DecodingOptions.Read(strategy);
        var context = TestVocabulary.Standard.Context with { Services = StrategySamples.Services };
        return DecodingPlan.Compile(options with { Sampling = (options.Sampling ?? new SamplingOptions()) with { Seed = 11 } }, context);
    }

    // Probabilities and draws over some tokens.
    private static List<float> Walk(DecodingPlan plan, int length)
    {
        var state = plan.CreateState([5, 6, 7]);
        var seen = new List<float>();
        for (var i = 0; i < length; i++)
        {
            var row = Row(plan, state);
            for (var id = 0; id < Vocabulary; id++) seen.Add(row.ProbabilityOf(id));
            state.Commit(5 + (i * i % 9), row);
        }

        return seen;
    }

    private static TokenDistribution Row(DecodingPlan plan, GenerationState state)
    {
        var (logits, distribution) = (new float[Vocabulary], new TokenDistribution());
        Fill(state.Tokens, logits);
        plan.Target.Row(new BranchRows(logits), state, distribution);
        return distribution;
    }

    private static GenerationState Replay(DecodingPlan plan, ReadOnlySpan<int> generated)
    {
        var state = plan.CreateState([5, 6, 7]);
        foreach (var token in generated) state.Commit(token, Row(plan, state));
        return state;
    }

    private static void AssertSame(TokenDistribution expected, TokenDistribution actual)
    {
        Assert.Equal(expected.Ids, actual.Ids);
        Assert.Equal(expected.Probabilities, actual.Probabilities);
    }

    private static void Fill(ReadOnlySpan<int> tokens, Span<float> logits)
    {
        using var model = TableModel.Random(Vocabulary);
        model.Fill(tokens.ToArray(), logits);
    }
}
