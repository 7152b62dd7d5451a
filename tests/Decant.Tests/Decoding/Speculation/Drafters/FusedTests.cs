namespace Decant.Tests.Decoding.Speculation;

public class FusedTests
{
    private static readonly DraftModelOptions _model = new() { Model = "draft", MaxTokens = 3 };

    // Draws the next number, nearly always; the one after it is the second likeliest and the one before the third.
    private static readonly TableModel _counts = new(TestVocabulary.Standard.Count, (tokens, logits) =>
    {
        logits.Fill(-40);
        (logits[(tokens[^1] + 1) % 40], logits[(tokens[^1] + 2) % 40], logits[(tokens[^1] + 39) % 40]) = (40, 5, 4);
    });

    [Fact]
    public void Retrieved_runs_are_put_where_they_part_from_the_model_s()
    {
        // The model drafts 11 12 13; retrieved are 11 12 14 … and 11 13.
        int[] prompt = [9, 10, 11, 12, 14, 30, 9, 10, 11, 13, 9, 10];
        using var drafter = Fuse(prompt, new FusedOptions { PruneTopK = 2 });
        Assert.Equal(["11", "11 12", "11 12 13", "11 13", "11 13 9", "11 12 14", "11 13 9 10", "11 12 14 30", "11 12 14 30 9"], Sorted(drafter.Paths()));
        var tree = drafter.Round.Tree;
        Assert.Equal(["draft-model", "draft-model", "draft-model"], Enumerable.Range(0, 3).Select(tree.Drafter));
        Assert.All(Enumerable.Range(0, 3), node => Assert.NotNull(tree.Proposal(node)));
        Assert.All(Enumerable.Range(3, tree.Count - 3), node => Assert.Null(tree.Proposal(node)));
        Assert.All(Enumerable.Range(3, tree.Count - 3), node => Assert.Equal("prompt-lookup", tree.Drafter(node)));
        Assert.Equal(SiblingLaw.Mixed, drafter.Plan.Speculation!.Drafter.Law);
    }

    [Fact]
    public void What_the_model_finds_unlikely_is_left_out_with_all_behind_it()
    {
        // Behind 10 the model has 11, 12 and 9 in this order; retrieved are 12 5 and 9 6.
        int[] prompt = [10, 12, 5, 31, 10, 9, 6, 31, 10];
        Assert.Equal(["11", "11 12", "11 12 13"], Retrieved(1));
        Assert.Contains("12 5", Retrieved(2));
        Assert.DoesNotContain("9 6", Retrieved(2));
        Assert.Contains("9 6", Retrieved(3));

        string[] Retrieved(int topK)
        {
            using var drafter = Fuse(prompt, new FusedOptions { PruneTopK = topK }, ngram: 1);
            return drafter.Paths();
        }
    }

    [Fact]
    public void Two_drafters_without_chance_make_a_draft_without_chance()
    {
        int[] prompt = [1, 2, 3, 4, 9, 2, 3];
        using var drafter = new OneDrafter(new FusedOptions { Primary = new PassageOptions { MaxTokens = 1 }, Secondary = new PromptLookupOptions { MaxTokens = 3 } }, prompt, documents: new TokenRange(0, 5));
        Assert.Equal(["4", "4 9", "4 9 2"], drafter.Paths());
        Assert.Equal(["passages", "prompt-lookup", "prompt-lookup"], Enumerable.Range(0, 3).Select(drafter.Round.Tree.Drafter));
        Assert.Equal(SiblingLaw.Deterministic, drafter.Plan.Speculation!.Drafter.Law);
    }

    [Fact]
    public void Half_the_tokens_at_most_are_retrieved_and_each_part_keeps_its_own_limit()
    {
        int[] prompt = [9, 10, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 9, 10];
        int Count(int nodes, FusedOptions options, string name)
        {
            using var drafter = new OneDrafter(options, prompt, documents: new TokenRange(0, 13));
            drafter.Round.MaxNodes = nodes;
            var tree = drafter.Draft();
            Assert.InRange(tree.Count, 1, nodes);
            return Enumerable.Range(0, tree.Count).Count(node => tree.Drafter(node) == name);
        }

        // The first drafter is told of what the second has found, before any of it is thrown away.
        var options = new FusedOptions { Primary = new LookaheadOptions(), Secondary = new PromptLookupOptions() };
        Assert.Equal(3, Count(6, options, "prompt-lookup"));
        Assert.Equal(3, Count(6, options, "lookahead-window"));
        Assert.Equal(0, Count(1, options, "prompt-lookup"));
        Assert.Equal(2, Count(20, options with { Secondary = new PromptLookupOptions { MaxNodes = 2 } }, "prompt-lookup"));
        Assert.Equal(4, Count(20, options with { Primary = new LookaheadOptions { MaxNodes = 4 } }, "lookahead-window"));
    }

    [Fact]
    public async Task It_drafts_behind_forced_tokens_too()
    {
        using var drafter = Fuse([9, 10, 11, 13, 30, 9], new FusedOptions { PruneTopK = 2 });
        var round = drafter.Round;
        round.Tree.Clear();
        round.Root = round.Tree.Add(DraftTree.Root, 10, "forced");
        drafter.Write(10);
        await drafter.Run.ProposeAsync(round, default);
        Assert.Equal((0, 10), (round.Tree.Find(DraftTree.Root, 10), round.Tree.Tokens[0]));
        Assert.Equal([11, 12, 13, 13], round.Tree.Tokens[1..5].ToArray());
        Assert.Equal([0, 1, 2, 1], round.Tree.Parents[1..5].ToArray());
    }

    [Fact]
    public void Parts_that_would_be_verified_wrongly_are_refused_by_name()
    {
        var drawn = Assert.Throws<ArgumentException>(() => new FusedOptions { Primary = new PromptLookupOptions(), Secondary = _model }.Compile(TestVocabulary.Standard.Context));
        Assert.Contains("fused: Secondary \"draft-model\"", drawn.Message);
        var mixed = new FusedOptions { Primary = _model, Secondary = new PromptLookupOptions() };
        Assert.Contains("fused: Primary \"fused\"", Assert.Throws<ArgumentException>(() => new FusedOptions { Primary = mixed, Secondary = new PromptLookupOptions() }.Compile(TestVocabulary.Standard.Context)).Message);
        var own = Assert.Throws<ArgumentOutOfRangeException>(() => new FusedOptions { Primary = _model, Secondary = new PromptLookupOptions { Verifier = new RejectionOptions() } }.Validate());
        Assert.Contains("fused: Secondary must be a drafter with Verifier left out", own.Message);
    }

    private static OneDrafter Fuse(int[] prompt, FusedOptions options, int ngram = 2)
        => new(options with { Primary = _model, Secondary = new PromptLookupOptions { MaxNgram = ngram, MinNgram = ngram, MaxTokens = 5, Match = MatchPolicy.First, Candidates = 2 } }, prompt, draft: _counts);

    private static string[] Sorted(string[] paths) => [.. paths.Take(3), .. paths.Skip(3).OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal)];
}
