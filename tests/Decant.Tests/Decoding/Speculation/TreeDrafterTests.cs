namespace Decant.Tests.Decoding.Speculation;

/// <summary>The trees that a model drafts: their shape, their order, what they cost, and that they stay exact where they are cut.</summary>
public class TreeDrafterTests
{
    private static readonly SpeculationRuns _runs = new(vocabulary: 5);

    [Fact]
    public void Branching_says_how_many_children_each_level_has()
    {
        var tree = Draft(new GumbelTreeOptions { Model = "draft", Branching = [3, 2, 1] });
        Assert.Equal([3, 6, 6], Levels(tree));
        Assert.All(Siblings(tree), siblings => Assert.Equal(siblings.Distinct(), siblings));
    }

    [Fact]
    public void Three_two_one_is_the_default() => Assert.Equal([3, 6, 6], Levels(Draft(new GumbelTreeOptions { Model = "draft" })));

    [Theory]
    [InlineData(4, null, new[] { 4, 4, 4, 4 })]
    [InlineData(8, 2, new[] { 5, 8 })]
    public void A_beam_has_so_many_tokens_on_each_level(int width, int? depth, int[] levels)
    {
        var tree = Draft(new GumbelTreeOptions { Model = "draft", BeamWidth = width, Depth = depth });
        Assert.Equal(levels, Levels(tree));
        Assert.All(Siblings(tree), siblings => Assert.Equal(siblings.Distinct(), siblings));
    }

    [Fact]
    public void A_proposal_with_fewer_tokens_than_children_gives_what_it_has()
        => Assert.Equal([2, 4], Levels(Draft(new GumbelTreeOptions { Model = "draft", Branching = [4, 4] }, new DecodingOptions { Sampling = new SamplingOptions { TopK = 2 } })));

    [Fact]
    public void Sequences_that_begin_alike_share_nodes_and_are_all_counted()
    {
        var tree = Draft(new IidSequencesOptions { Model = "draft", Sequences = 16, MaxTokens = 2 });
        Assert.InRange(Levels(tree)[0], 2, 5);
        var first = Enumerable.Range(0, tree.Count).Where(node => tree.Depths[node] == 1).ToList();
        Assert.Equal(0xFFFFUL, first.Aggregate(0UL, (all, node) => all ^ tree.Sequences[node]));
        foreach (var node in first)
            Assert.Equal(tree.Sequences[node], Enumerable.Range(0, tree.Count).Where(child => tree.Parents[child] == node).Aggregate(0UL, (all, child) => all ^ tree.Sequences[child]));
    }

    [Theory]
    [InlineData("gumbel-tree")]
    [InlineData("iid-sequences")]
    public void A_tree_never_has_more_tokens_than_it_may(string kind)
    {
        SpeculationOptions drafter = kind == "gumbel-tree" ? new GumbelTreeOptions { Model = "draft", MaxNodes = 7 } : new IidSequencesOptions { Model = "draft", Sequences = 8, MaxTokens = 8, MaxNodes = 7 };
        Assert.InRange(Draft(drafter).Count, 4, 7);
    }

    [Fact]
    public void The_length_controller_cuts_a_tree()
        => Assert.Equal([3], Levels(Draft(new GumbelTreeOptions { Model = "draft", Length = new FixedLengthOptions { Tokens = 1 } })));

    /// <summary>Where sequences are left out for want of room, how many there are must not depend on what the others drew.</summary>
    [Theory]
    [InlineData("k-seq", 1)]
    [InlineData("k-seq", 2)]
    [InlineData("k-seq", 3)]
    [InlineData("recursive-rejection", 3)]
    public void Sequences_that_are_cut_stay_exact(string verifier, int maxNodes)
        => AssertExact(new IidSequencesOptions { Model = "draft", Sequences = 3, MaxTokens = 2, MaxNodes = maxNodes, Verifier = ExactVerifiers.Of(verifier), Length = new OnceOptions() });

    [Theory]
    [InlineData("traversal", 2)]
    [InlineData("traversal", 3)]
    [InlineData("recursive-rejection", 3)]
    [InlineData("recursive-rejection", 5)]
    public void Trees_that_are_cut_stay_exact(string verifier, int maxNodes)
        => AssertExact(new GumbelTreeOptions { Model = "draft", Branching = [2, 2], MaxNodes = maxNodes, Verifier = ExactVerifiers.Of(verifier), Length = new OnceOptions() });

    [Theory]
    [InlineData("k-seq")]
    [InlineData("recursive-rejection")]
    public void Three_independent_draws_are_exact(string verifier)
        => AssertExact(new IidSequencesOptions { Model = "draft", Sequences = 3, MaxTokens = 1, Verifier = ExactVerifiers.Of(verifier), Length = new OnceOptions() });

    [Fact]
    public void A_level_costs_one_forward_of_the_draft_model()
    {
        var runs = new SpeculationRuns(vocabulary: 5);
        var plan = SpeculationRuns.Compile(new DecodingOptions { Speculation = new GumbelTreeOptions { Model = "draft", Length = new OnceOptions() } }.WithSeed(1));
        runs.Run(plan, 8);
        Assert.Equal(3, runs.Draft.ForwardCount);
        Assert.Equal((0, 0), (runs.Draft.OpenResults, runs.Draft.OpenSequences));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void With_token_matching_a_beams_text_is_a_seeds_own(string target)
    {
        var runs = new SpeculationRuns(vocabulary: 12, scale: 3);
        var counter = new SpeculationCounter();
        for (var seed = 1; seed <= 10; seed++)
        {
            var options = TargetKinds.Of(target).WithSeed(seed);
            Assert.Equal(runs.Run(options, 40), runs.Run(options with { Speculation = new GumbelTreeOptions { Model = "draft", BeamWidth = 3 } }, 40, counter: counter));
        }

        Assert.True(counter.Accepted > 0);
        Assert.Empty(counter.Warnings);
    }

    public static TheoryData<string> Targets => [.. TargetKinds.Names];

    private static void AssertExact(SpeculationOptions drafter)
    {
        var runs = new SpeculationRuns(vocabulary: 3);
        var options = new DecodingOptions { Speculation = drafter };
        Assert.InRange(SpeculationRuns.TotalVariation(runs.PlainLaw(options, 3), runs.Law(options, 3)), 0, 1e-9);
    }

    /// <summary>The first draft of a call with room for every level.</summary>
    private static Drafted Draft(SpeculationOptions drafter, DecodingOptions? options = null)
    {
        Drafted? drafted = null;
        var verifier = new TestVerifierOptions(round =>
        {
            var tree = round.Tree;
            if (tree.Count > 0) drafted ??= new([.. tree.Tokens], [.. tree.Parents], [.. Enumerable.Range(0, tree.Count).Select(tree.Depth)], [.. Enumerable.Range(0, tree.Count).Select(tree.Sequences)]);
            round.Next = round.Noise.DrawTarget(round.Rows.At(DraftTree.Root), round.Rows.Position(DraftTree.Root));
        });
        var counter = new SpeculationCounter();
        _runs.Run((options ?? new DecodingOptions()).WithSeed(3) with { Speculation = drafter with { Verifier = verifier } }, 20, counter: counter);
        Assert.Empty(counter.Warnings);
        return drafted!;
    }

    private static int[] Levels(Drafted tree) => [.. tree.Depths.GroupBy(depth => depth).OrderBy(level => level.Key).Select(level => level.Count())];

    private static IEnumerable<int[]> Siblings(Drafted tree)
        => Enumerable.Range(0, tree.Count).GroupBy(node => tree.Parents[node]).Select(siblings => siblings.Select(node => tree.Tokens[node]).ToArray());

    private sealed record Drafted(int[] Tokens, int[] Parents, int[] Depths, ulong[] Sequences)
    {
        public int Count => Tokens.Length;
    }
}
