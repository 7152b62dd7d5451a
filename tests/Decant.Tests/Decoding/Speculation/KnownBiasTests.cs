namespace Decant.Tests.Decoding.Speculation;

/// <summary>Well-known mistakes of speculative samplers, each made on purpose: the enumeration that shows exactness finds them, and finds nothing where they are not made.</summary>
public class KnownBiasTests
{
    private const int Tokens = 3;
    private static readonly SpeculationRuns _runs = new(vocabulary: 3);

    private enum Fault
    {
        No,
        Yes,
    }

    [Fact]
    public void A_token_chosen_as_the_likeliest_but_weighed_as_drawn_is_found()
        => AssertFound(new RejectionOptions(), SiblingLaw.Single, (fault, round, proposal, index)
            => round.Tree.Add(round.Root, fault == Fault.Yes ? Likeliest(proposal) : round.Noise.Draw(proposal), "test", index));

    [Fact]
    public void A_drawn_token_that_is_looked_at_and_dropped_is_found()
        => AssertFound(new RejectionOptions(), SiblingLaw.Single, (fault, round, proposal, index) =>
        {
            var token = round.Noise.Draw(proposal);
            if (fault == Fault.No || proposal.ProbabilityOf(token) > 0.4f) round.Tree.Add(round.Root, token, "test", index);
        });

    [Theory]
    [InlineData("recursive-rejection")]
    [InlineData("traversal")]
    public void Siblings_drawn_without_replacement_and_sorted_are_found(string verifier)
        => AssertFound(ExactVerifiers.Of(verifier), SiblingLaw.WithoutReplacement, (fault, round, proposal, index) =>
        {
            var left = new ResidualRow();
            left.Load(proposal);
            var first = left.Draw(round.Noise);
            left.Set(first, 0);
            var second = left.Draw(round.Noise);
            if (fault == Fault.Yes && proposal.ProbabilityOf(second) > proposal.ProbabilityOf(first)) (first, second) = (second, first);
            round.Tree.Add(round.Root, first, "test", index);
            round.Tree.Add(round.Root, second, "test", index);
        });

    [Fact]
    public void Independent_draws_weighed_without_the_second_of_a_token_are_found()
        => AssertFound(new KSeqOptions(), SiblingLaw.Independent, (fault, round, proposal, index) =>
        {
            for (var sequence = 0; sequence < 3; sequence++)
            {
                var token = round.Noise.Draw(proposal);
                var node = round.Tree.Find(round.Root, token);
                if (node < 0) round.Tree.Add(round.Root, token, "test", index, sequence);
                else if (fault == Fault.No) round.Tree.Join(node, sequence);
            }
        });

    [Fact]
    public void A_verifier_that_draws_for_every_path_anew_and_keeps_the_longest_is_found()
    {
        var options = new DecodingOptions { Speculation = TestDraftOptions.FixedTree with { Verifier = new TestVerifierOptions(KeepLongest), Length = new OnceOptions() } };
        Assert.InRange(SpeculationRuns.TotalVariation(_runs.PlainLaw(options, Tokens), _runs.Law(options, Tokens)), 0.01, 1);
    }

    private static void AssertFound(VerifierOptions verifier, SiblingLaw law, Action<Fault, DraftRound, TokenDistribution, int> draw)
    {
        Assert.InRange(Distance(Fault.No), 0, 1e-9);
        Assert.InRange(Distance(Fault.Yes), 0.01, 1);

        double Distance(Fault fault)
        {
            var drafter = new TestDraftOptions("test", law, (round, proposal, index) => draw(fault, round, proposal, index)) { Verifier = verifier };
            var options = new DecodingOptions { Speculation = drafter };
            return SpeculationRuns.TotalVariation(_runs.PlainLaw(options, Tokens), _runs.Law(options, Tokens));
        }
    }

    private static int Likeliest(TokenDistribution distribution) => distribution.Ids.ToArray().MaxBy(distribution.ProbabilityOf);

    private static void KeepLongest(Verification round)
    {
        var best = DraftTree.Root;
        for (var leaf = 0; leaf < round.Tree.Count; leaf++)
        {
            var path = new List<int>();
            for (var node = leaf; node >= 0; node = round.Tree.Parents[node]) path.Insert(0, node);
            var reached = DraftTree.Root;
            foreach (var node in path)
            {
                if (round.Noise.Draw(round.Rows.At(reached)) != round.Tree.Tokens[node]) break;
                reached = node;
            }

            if (round.Tree.Depth(reached) > round.Tree.Depth(best)) best = reached;
        }

        round.AcceptPath(best);
        round.Next = round.Noise.Draw(round.Rows.At(best));
    }
}
