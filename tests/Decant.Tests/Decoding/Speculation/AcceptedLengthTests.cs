using Xunit.Abstractions;

namespace Decant.Tests.Decoding.Speculation;

/// <summary>How many drafted tokens verifiers keep on average, over every way that chance can turn out.</summary>
public class AcceptedLengthTests(ITestOutputHelper output)
{
    private const int Tokens = 3;
    private const double Rounding = 1e-6;

    public static TheoryData<ulong> Seeds => [1, 2, 3, 4, 5, 6];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Block_keeps_at_least_as_much_as_rejection_and_traversal_as_much_as_block(ulong seed)
    {
        var runs = Runs(seed);
        var chain = new DraftModelOptions { Model = "draft", MaxTokens = 2 };
        var rejection = Accepted(runs, chain, new RejectionOptions());
        var block = Accepted(runs, chain, new BlockOptions());
        output.WriteLine($"rejection {rejection:F4}, block {block:F4}");
        Assert.True(block > rejection + 0.001, $"{block} > {rejection}");
        Assert.Equal(block, Accepted(runs, chain, new TraversalOptions()), Rounding);
        Assert.Equal(rejection, Accepted(runs, chain, new RecursiveRejectionOptions()), Rounding);
        Assert.Equal(rejection, Accepted(runs, chain, new MixedOptions()), Rounding);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Siblings_without_replacement_keep_more_than_independent_ones_with_the_same_rule_at_four_tokens_each(ulong seed)
    {
        var runs = Runs(seed);
        var independent = new IidSequencesOptions { Model = "draft", Sequences = 2, MaxTokens = 2 };
        var tree = new GumbelTreeOptions { Model = "draft", Branching = [2, 1] };
        var chain = Accepted(runs, new DraftModelOptions { Model = "draft", MaxTokens = 2 }, new RejectionOptions());
        var iid = Accepted(runs, independent, new RecursiveRejectionOptions());
        var seq = Accepted(runs, independent, new KSeqOptions());
        var rsd = Accepted(runs, tree, new RecursiveRejectionOptions());
        var traversal = Accepted(runs, tree, new TraversalOptions());
        output.WriteLine($"chain of 2 {chain:F4}; 2 x 2 independent: recursive {iid:F4}, k-seq {seq:F4}; [2, 1] without replacement: recursive {rsd:F4}, traversal {traversal:F4}");
        Assert.True(rsd > iid, $"{rsd} > {iid}");
        Assert.True(traversal >= rsd, $"{traversal} >= {rsd}");
        Assert.True(iid > chain, $"{iid} > {chain}");
    }

    // p = (1/2, 1/2), q = (1, 0), k = 2: beta = 1 / (2 rho), and 1 - (1 - beta)^2 = rho beta = 1/2 gives rho = 1 / (2 - sqrt 2) = 1.7071, where 1/2 is kept. One halving ends at
    // rho = 2, where beta = 1/4 and 1 - (3/4)^2 = 7/16 is kept. Two draws of the same token are one for recursive rejection: 1/2.
    [Theory]
    [InlineData(40, 0.5)]
    [InlineData(1, 0.4375)]
    public void K_seq_keeps_the_share_worked_out_by_hand(int steps, double share)
        => Assert.Equal(share, Accepted(Worked(), new IidSequencesOptions { Model = "draft", Sequences = 2, MaxTokens = 1 }, new KSeqOptions { BisectionSteps = steps }), Rounding);

    // Rejection keeps sum min(p, q) of one token: 1/2 here, and a second one with the same.
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.75)]
    public void Rejection_keeps_the_share_worked_out_by_hand(int tokens, double share)
        => Assert.Equal(share, Accepted(Worked(), new DraftModelOptions { Model = "draft", MaxTokens = tokens }, new RejectionOptions()), Rounding);

    // Two siblings without replacement leave nothing of two tokens to miss.
    [Theory]
    [InlineData("recursive-rejection")]
    [InlineData("traversal")]
    public void All_tokens_of_a_vocabulary_as_siblings_are_never_refused(string verifier)
        => Assert.Equal(1, Accepted(Runs(1), new GumbelTreeOptions { Model = "draft", Branching = [3] }, ExactVerifiers.Of(verifier)), Rounding);

    private static double Accepted(SpeculationRuns runs, SpeculationOptions drafter, VerifierOptions verifier)
        => runs.ExpectedAccepted(new DecodingOptions { Speculation = drafter with { Verifier = verifier, Length = new OnceOptions() } }, Tokens);

    private static SpeculationRuns Runs(ulong seed) => new() { Target = TableModel.Random(3, 3, 2 * seed), Draft = TableModel.Random(3, 3, (2 * seed) + 1) };

    private static SpeculationRuns Worked() => new()
    {
        Target = new TableModel(2, (_, logits) => logits.Clear()),
        Draft = new TableModel(2, (_, logits) =>
        {
            logits.Fill(float.NegativeInfinity);
            logits[0] = 0;
        }),
    };
}
