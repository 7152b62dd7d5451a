namespace Decant.Tests.Decoding.Speculation;

/// <summary>What verifiers that trade exactness do: their rules by hand, their strict limits, and that each member changes what is kept.</summary>
public class LossyVerifierTests
{
    private static readonly float[] _probabilities = [0.5f, 0.3f, 0.15f, 0.05f];

    // H = 1.1421 nats, so exp(-H) = 0.3191: a token stays above min(0.09, 0.3 * 0.3191 = 0.0957) = 0.09, or above 0.0638 with alpha = 0.2.
    [Theory]
    [InlineData(0.09, 0.3, 3)]
    [InlineData(0.2, 0.3, 3)]
    [InlineData(0.2, 0.6, 2)]
    [InlineData(0.05, 0.3, 3)]
    [InlineData(0.04, 0.3, 4)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1000, 0)]
    [InlineData(0, 0.3, 4)]
    [InlineData(1, 0, 4)]
    public void Typical_keeps_the_tokens_worked_out_by_hand(double threshold, double alpha, int kept)
        => Assert.Equal(kept, Kept(new TypicalOptions { Threshold = threshold, Alpha = alpha }));

    [Theory]
    [InlineData(3, 0.5, 2)]
    [InlineData(3, 0.25, 3)]
    [InlineData(2, 0.25, 2)]
    [InlineData(4, 0, 4)]
    [InlineData(3, 0, 3)]
    [InlineData(3, 1, 1)]
    public void Top_k_ratio_keeps_the_tokens_worked_out_by_hand(int k, double ratio, int kept)
        => Assert.Equal(kept, Kept(new TopKRatioOptions { K = k, Ratio = ratio }));

    // q = (0.7, 0.1, 0.1, 0.1): sum q min(1, f(p) / q) = min(0.7, f(0.5)) + min(0.1, f(0.3)) + min(0.1, f(0.15)) + min(0.1, f(0.05)).
    [Theory]
    [InlineData(LenienceForm.Quotient, 1, 0.75)]
    [InlineData(LenienceForm.Power, 1, 0.75)]
    [InlineData(LenienceForm.Quotient, 0.8, 0.625 + 0.1 + 0.1 + 0.0625)]
    [InlineData(LenienceForm.SquareQuotient, 0.8, 0.7 + 0.1 + 0.1 + 0.078125)]
    [InlineData(LenienceForm.Power, 0.9, 0.535887 + 0.1 + 0.1 + 0.067464)]
    public void Lenient_keeps_the_share_worked_out_by_hand(LenienceForm form, double epsilon, double share)
    {
        var runs = Runs([0.7f, 0.1f, 0.1f, 0.1f]);
        var drafter = new DraftModelOptions { Model = "draft", MaxTokens = 1, Verifier = new LenientOptions { Form = form, Epsilon = epsilon }, Require = Guarantee.Lossy };
        Assert.Equal(share, runs.ExpectedAccepted(new DecodingOptions { Speculation = drafter }, 2), 1e-5);
    }

    [Fact]
    public void Of_equally_long_paths_the_likeliest_stays()
    {
        var drafter = new TestDraftOptions("test", SiblingLaw.Deterministic, (round, _, _) =>
        {
            var (second, first, third) = (round.Tree.Add(round.Root, 1, "test"), round.Tree.Add(round.Root, 0, "test"), round.Tree.Add(round.Root, 2, "test"));
            round.Tree.Add(second, 1, "test");
            round.Tree.Add(first, 1, "test");
            round.Tree.Add(third, 0, "test");
            round.Tree.Add(first, 3, "test");
        }) { Verifier = new TypicalOptions(), Require = Guarantee.Lossy, Length = new OnceOptions() };
        var law = Runs(_probabilities).Law(new DecodingOptions { Speculation = drafter }, 3);
        Assert.Equal(1, law.Where(text => text.Key[..3] == "0 1").Sum(text => text.Value), 6);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("temperature")]
    [InlineData("top-p")]
    [InlineData("mask")]
    public void Lenience_of_1_is_rejection_in_law(string target)
    {
        foreach (var form in Enum.GetValues<LenienceForm>())
        {
            Assert.InRange(Distance(TargetKinds.Of(target), new LenientOptions { Epsilon = 1, Form = form }), 0, 1e-9);
            Assert.InRange(Distance(TargetKinds.Of(target), new LenientOptions { Epsilon = 0.4, Form = form }), 0.001, 1);
        }
    }

    [Theory]
    [MemberData(nameof(Lossy))]
    public void With_greedy_sampling_the_text_is_the_greedy_one(string verifier)
    {
        var options = TargetKinds.Of("greedy");
        var runs = new SpeculationRuns(vocabulary: 12, scale: 3);
        var drafters = new SpeculationOptions[] { new DraftModelOptions { Model = "draft" }, TestDraftOptions.FixedTree };
        foreach (var drafter in drafters.Where(drafter => Of(verifier).Compile(new PlanContext()).Supports(drafter.Compile(new PlanContext()).Law)))
        {
            var counter = new SpeculationCounter();
            var speculation = drafter with { Verifier = Of(verifier), Require = Guarantee.GreedyEqual };
            Assert.Equal(runs.Run(options, 100), runs.Run(options with { Speculation = speculation }, 100, counter: counter));
            Assert.True(counter.Accepted > 0, "No draft was accepted: the test shows nothing.");
        }
    }

    [Theory]
    [MemberData(nameof(Lossy))]
    public void What_it_keeps_changes_the_law(string verifier)
        => Assert.InRange(Distance(new DecodingOptions(), Of(verifier)), 0.01, 1);

    [Fact]
    public void Typical_at_its_strict_limit_is_decoding_without_speculation()
    {
        var strict = new TypicalOptions { Threshold = 1, Alpha = 1000 };
        Assert.InRange(Distance(new DecodingOptions(), strict), 0, 1e-9);
        var runs = new SpeculationRuns(vocabulary: 12);
        for (var seed = 1; seed <= 10; seed++)
        {
            var options = new DecodingOptions().WithSeed(seed);
            var speculation = new DraftModelOptions { Model = "draft", Verifier = strict, Require = Guarantee.Lossy };
            Assert.Equal(runs.Run(options, 40), runs.Run(options with { Speculation = speculation }, 40));
        }
    }

    public static TheoryData<string> Lossy => ["typical", "lenient", "top-k-ratio"];

    private static VerifierOptions Of(string kind) => (VerifierOptions)StrategySlot.Of(typeof(VerifierOptions)).Default(kind)!;

    private static double Distance(DecodingOptions options, VerifierOptions verifier)
    {
        var runs = new SpeculationRuns();
        var drafter = new DraftModelOptions { Model = "draft", MaxTokens = 2, Verifier = verifier, Require = Guarantee.Lossy };
        return SpeculationRuns.TotalVariation(runs.PlainLaw(options, 3), runs.Law(options with { Speculation = drafter }, 3));
    }

    /// <summary>How many of the four tokens a verifier keeps, each drafted alone.</summary>
    private static int Kept(VerifierOptions verifier)
    {
        var runs = Runs(_probabilities);
        return Enumerable.Range(0, _probabilities.Length).Count(token =>
        {
            var drafter = new TestDraftOptions("test", SiblingLaw.Deterministic, (round, _, _) => round.Tree.Add(round.Root, token, "test")) { Verifier = verifier, Require = Guarantee.Lossy };
            return runs.ExpectedAccepted(new DecodingOptions { Speculation = drafter }, 2) > 0.5;
        });
    }

    private static SpeculationRuns Runs(float[] draft) => new() { Target = Table(_probabilities), Draft = Table(draft) };

    private static TableModel Table(float[] probabilities) => new(probabilities.Length, (_, logits) =>
    {
        for (var i = 0; i < logits.Length; i++) logits[i] = MathF.Log(probabilities[i]);
    });
}
