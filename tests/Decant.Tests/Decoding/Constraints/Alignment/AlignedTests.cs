namespace Decant.Tests.Decoding.Constraints;

/// <summary>Aligned constraints: the numbers of the method card, convergence to the conditional distribution, what is remembered for whom.</summary>
public class AlignedTests
{
    [Fact]
    public void The_more_has_been_seen_the_closer_to_the_conditional_distribution()
    {
        var plan = Plan(new AlignedOptions());
        Assert.Equal(.8, First(plan), 1e-6);
        Walk(plan, Toy.A, Toy.B, 0);
        Assert.Equal(.08 / .28, First(plan), 1e-6);
        Walk(plan, Toy.B, Toy.B, 0);
        Assert.Equal(.08 / .26, First(plan), 1e-6);
        Walk(plan, Toy.B, Toy.B, 0);
        Assert.Equal(.3077, First(plan), 1e-4);
    }

    [Fact]
    public void Nothing_is_learned_where_that_is_not_asked_for_and_no_more_than_there_is_room_for()
    {
        var services = new DecodingServices();
        var reading = Plan(new AlignedOptions { Learn = false }, services);
        Walk(reading, Toy.A, Toy.B, 0);
        Assert.Equal(.8, First(reading), 1e-6);
        Walk(Plan(new AlignedOptions(), services), Toy.A, Toy.B, 0);
        Assert.Equal(.08 / .28, First(reading), 1e-6);

        var small = Plan(new AlignedOptions { MaxNodes = 2 });
        Walk(small, Toy.A, Toy.B, 0);
        Walk(small, Toy.B, Toy.B, 0);
        Assert.Equal(.08 / .28, First(small), 1e-6);
    }

    [Fact]
    public void Other_prompts_constraints_and_sampling_have_learned_nothing()
    {
        var services = new DecodingServices();
        Walk(Plan(new AlignedOptions(), services), Toy.A, Toy.B, 0);
        Assert.Equal(.08 / .28, First(Plan(new AlignedOptions(), services)), 1e-6);
        Assert.Equal(.08 / .28, First(Plan(new AlignedOptions(), services).WithSeed(9)), 1e-6);
        Assert.Equal(.8, First(Plan(new AlignedOptions(), services), prompt: 1), 1e-6);
        Assert.Equal(16 / 17.0, First(Plan(new AlignedOptions(), services, new SamplingOptions { Temperature = .5f })), 1e-6);
        var other = DecodingPlan.Compile(new DecodingOptions { Constraints = [new BannedOptions { Phrases = ["aa"] }, new AlignedOptions()] }, Toy.Vocabulary.Context with { Services = services });
        Assert.Equal(.8, First(other), 1e-6);
    }

    [Fact]
    public void Probabilities_are_those_of_the_temperature_and_before_truncation()
    {
        // At T = ½: .64 / .68 for a, then .01 / .82 for b behind it and .81 / .82 behind b. Top-k keeps the likelier first token and changes nothing of what is learned.
        var plan = Plan(new AlignedOptions(), null, new SamplingOptions { Temperature = .5f });
        Walk(plan, Toy.A, Toy.B, 0);
        var (a, b) = (.64 / .68 * .01 / .82, .04 / .68);
        Assert.Equal(a / (a + b), First(plan), 1e-5);
        var cut = Plan(new AlignedOptions(), null, new SamplingOptions { TopK = 2 });
        Walk(cut, Toy.A, Toy.B, 0);
        Assert.Equal(.08 / .28, First(cut), 1e-6);
    }

    [Fact]
    public void A_dead_end_is_not_entered_twice()
    {
        // The mask of the first token knows nothing of the second.
        var options = new DecodingOptions { Constraints = [new OnlyBehindOptions(Toy.A, []), new AlignedOptions()] };
        var plan = DecodingPlan.Compile(options, Toy.Vocabulary.Context);
        var state = plan.CreateState([0]);
        Row(plan, state);
        state.Commit(Toy.A, Row(plan, state));
        Assert.Contains("only-behind refuses every token", Assert.Throws<NoTokenAllowedException>(() => Row(plan, state)).Message);
        Assert.Equal(0, First(plan), 1e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void After_many_answers_they_are_drawn_as_the_model_would_given_the_constraint(int seed)
    {
        using var model = TableModel.Random(3, order: 4, seed: (ulong)seed, scale: 3);
        ConstraintOptions pattern = new PatternOptions { Pattern = "(a|b){1,3}b|a(ba)*" };
        var plan = DecodingPlan.Compile(new DecodingOptions { Constraints = [pattern, new BannedOptions { Phrases = ["aaa", "bababa"] }, new AlignedOptions()] }, Toy.Vocabulary.Context);
        var texts = plan.CreateState([0]).Constraints[0].Texts(Toy.Vocabulary, 12);
        var law = Toy.Conditional(model, texts);
        var masked = plan.Options with { Constraints = [.. plan.Options.Constraints!.Take(2)] };
        var (drawn, plain) = (Draw(plan), Draw(DecodingPlan.Compile(masked, Toy.Vocabulary.Context)));
        Assert.InRange(Toy.Distance(drawn, law), 0, .02);
        Assert.InRange(Toy.Distance(plain, law), .1, 1);

        // The first thousand are for learning.
        List<string> Draw(DecodingPlan plan) => [.. Enumerable.Range(0, 9000).Select(i => plan.WithSeed(i).Answer(model, Toy.Vocabulary)).Skip(1000)];
    }

    [Fact]
    public async Task Speculation_learns_the_same_and_changes_no_token()
    {
        using var model = TableModel.Random(3, order: 4, seed: 5, scale: 2);
        var (plain, speculative) = (new List<string>(), new List<string>());
        foreach (var (texts, speculation) in ((List<string>, SpeculationOptions?)[])[(plain, null), (speculative, new PromptLookupOptions { MinNgram = 1, MaxTokens = 3 })])
        {
            var options = new DecodingOptions { Constraints = [new PatternOptions { Pattern = "([ab]{3}b)*" }, new AlignedOptions()], Speculation = speculation };
            var plan = DecodingPlan.Compile(options, Toy.Vocabulary.Context with { Services = new DecodingServices() });
            for (var seed = 0; seed < 60; seed++)
            {
                using var sequence = model.OpenSequence();
                var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 1, 2, 1, 1, 2, 2 }, Plan = plan.WithSeed(seed), MaxTokens = 12, EndTokens = [0] };
                texts.Add(string.Join(' ', await Generator.GenerateAsync(request).Select(token => token.Id).ToListAsync()));
            }
        }

        Assert.Equal(plain, speculative);
        Assert.InRange(plain.Distinct().Count(), 20, 60);
    }

    [Fact]
    public void What_draws_nothing_or_is_given_twice_is_refused()
    {
        Assert.Contains("greedy", Assert.Throws<ArgumentException>(() => Plan(new AlignedOptions(), null, new GreedyOptions())).Message);
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => ConstraintWalk.Plan(Toy.Vocabulary.Context, new AlignedOptions(), new AlignedOptions { MaxNodes = 3 })).Message);
    }

    private static DecodingPlan Plan(AlignedOptions aligned, DecodingServices? services = null, SamplerOptions? sampling = null)
        => DecodingPlan.Compile(new DecodingOptions { Constraints = [Toy.MustEndInB, aligned], Sampling = sampling }, Toy.Vocabulary.Context with { Services = services ?? new DecodingServices() });

    // The probability of a as first token.
    private static double First(DecodingPlan plan, int prompt = 0) => Row(plan, plan.CreateState([prompt])).ProbabilityOf(Toy.A);

    private static void Walk(DecodingPlan plan, params int[] tokens)
    {
        var state = plan.CreateState([0]);
        foreach (var token in tokens) state.Commit(token, Row(plan, state));
    }

    private static TokenDistribution Row(DecodingPlan plan, GenerationState state)
    {
        var (logits, distribution) = (new float[3], new TokenDistribution());
        Toy.Model.Fill(state.Tokens, logits);
        plan.Target.Row(new BranchRows(logits), state, distribution);
        return distribution;
    }

    /// <summary>Behind a token only some others.</summary>
    private sealed record OnlyBehindOptions(int Token, ValueList<int> Allowed) : ConstraintOptions
    {
        public override string Kind => "only-behind";

        public override IConstraint Compile(PlanContext context) => new Constraint(Token, Allowed, []);

        private sealed class Constraint(int behind, ValueList<int> allowed, List<int> tokens) : IConstraint
        {
            public string Name => "only-behind";

            public bool Accepting => true;

            public void FillMask(Span<ulong> mask)
            {
                if (tokens.LastOrDefault(-1) != behind) return;
                var left = 0UL;
                foreach (var token in allowed) left |= 1UL << token;
                mask[0] &= left;
            }

            public bool TryAccept(int token)
            {
                tokens.Add(token);
                return true;
            }

            public void Rollback(int tokenCount) => tokens.RemoveRange(tokens.Count - tokenCount, tokenCount);

            public IConstraint Fork() => new Constraint(behind, allowed, [.. tokens]);
        }
    }
}
