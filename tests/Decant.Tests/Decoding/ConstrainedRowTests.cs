namespace Decant.Tests.Decoding;

/// <summary>Where constraints meet the rest of a row: they hold, plausibility gives way, and an empty outcome names its cause.</summary>
public class ConstrainedRowTests
{
    private static readonly float[] _logits = [0, 1, 2, 3];

    [Fact]
    public void Only_allowed_tokens_have_a_probability_and_the_rest_keeps_its_proportions()
    {
        var distribution = Row(null, new Allow("even", 0, 2));
        Assert.Equal([0, 0], [distribution.ProbabilityOf(1), distribution.ProbabilityOf(3)]);
        Assert.Equal(MathF.Exp(2), distribution.ProbabilityOf(2) / distribution.ProbabilityOf(0), 1e-4f);
        Assert.Equal(2, distribution.Report.RefusedCount);
    }

    [Fact]
    public void All_constraints_hold_at_once() => Assert.Equal(1, Row(null, new Allow("low", 0, 1, 2), new Allow("odd", 1, 3)).ProbabilityOf(1));

    [Fact]
    public void Plausibility_gives_way_where_it_would_leave_nothing()
    {
        Assert.Equal(1, Row(new BestOnly(), new Allow("high", 2, 3)).ProbabilityOf(3));
        Assert.Equal(1, Row(new BestOnly(), new Allow("one", 1)).ProbabilityOf(1));
    }

    [Fact]
    public void Constraints_that_leave_nothing_are_named()
    {
        var error = Assert.Throws<NoTokenAllowedException>(() => Row(null, new Allow("even", 0, 2), new Allow("odd", 1, 3)));
        Assert.Contains("even and odd", error.Message);
    }

    [Fact]
    public void The_one_that_refuses_everything_is_named_alone_and_else_the_two_that_do()
    {
        Allow all = new("all", 0, 1, 2, 3), even = new("even", 0, 2), odd = new("odd", 1, 3), low = new("low", 0, 1), middle = new("middle", 1, 2);
        Assert.Contains(": nothing refuses every", Message(all, even, new Allow("nothing"), odd));
        Assert.Contains(": even and odd together", Message(all, even, low, odd));
        Assert.Contains(": even and low and middle together", Message(even, low, middle));

        // What the model cannot produce, nobody has to refuse.
        var plan = DecodingPlan.Compile(new DecodingOptions { Constraints = [new Given(all), new Given(low)] });
        Assert.Contains(": low refuses", Assert.Throws<NoTokenAllowedException>(() => plan.Row([float.NegativeInfinity, float.NegativeInfinity, 0, 1])).Message);

        static string Message(params Allow[] constraints) => Assert.Throws<NoTokenAllowedException>(() => Row(null, constraints)).Message;
    }

    [Fact]
    public void A_refused_token_is_not_committed_and_changes_no_constraint()
    {
        var (first, second) = (new Allow("low", 0, 1), new Allow("zero", 0));
        var plan = DecodingPlan.Compile(new DecodingOptions { Constraints = [new Given(first), new Given(second)] });
        var state = plan.CreateState([0]);
        Assert.Contains("zero", Assert.Throws<InvalidOperationException>(() => state.Commit(1)).Message);
        Assert.Equal(1, state.Position);
        state.Commit(0);
        state.Rollback(1);
        Assert.Equal(1, state.Position);
    }

    private static TokenDistribution Row(ILogitPolicy? policy, params Allow[] constraints)
    {
        var plan = DecodingPlan.Compile(new DecodingOptions
        {
            Contrast = policy is null ? null : new GivenPolicy(policy),
            Constraints = [.. constraints.Select(constraint => new Given(constraint))],
        });
        return plan.Row(_logits);
    }

    private sealed record Given(IConstraint Constraint) : ConstraintOptions
    {
        public override string Kind => "given";

        public override IConstraint Compile(PlanContext context) => Constraint;
    }

    private sealed record GivenPolicy(ILogitPolicy Policy) : ContrastOptions
    {
        public override string Kind => "given-policy";

        public override ILogitPolicy Compile(PlanContext context) => Policy;
    }

    /// <summary>Passes the target's row on and finds only its best token plausible.</summary>
    private sealed class BestOnly : ILogitPolicy
    {
        public IReadOnlyList<BranchRequest> Branches { get; } = [BranchRequest.Target];

        public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report) => rows.Main.CopyTo(destination);

        public void Mask(in BranchRows rows, RowScratch scratch, Span<float> destination, ref RowReport report)
        {
            var best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(rows.Main);
            for (var id = 0; id < destination.Length; id++) if (id != best) destination[id] = float.NegativeInfinity;
        }
    }

    private sealed class Allow(string name, params int[] tokens) : IConstraint
    {
        private int _accepted;

        public string Name => name;

        public bool Accepting => true;

        public void FillMask(Span<ulong> mask)
        {
            for (var id = 0; id < 64 * mask.Length; id++) if (!tokens.Contains(id)) mask[id >> 6] &= ~(1UL << (id & 63));
        }

        public bool TryAccept(int token)
        {
            if (!tokens.Contains(token)) return false;
            _accepted++;
            return true;
        }

        public void Rollback(int tokenCount)
        {
            _accepted -= tokenCount;
            Assert.True(_accepted >= 0);
        }

        public IConstraint Fork() => new Allow(name, tokens) { _accepted = _accepted };
    }
}
