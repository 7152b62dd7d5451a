namespace Decant.Tests.Decoding.Speculation;

public class TrigramSearchTests
{
    private static readonly VocabularyId _vocabulary = VocabularyId.Of(TestVocabulary.Standard);

    [Fact]
    public void A_text_that_goes_one_way_only_is_drafted_one_token_beyond_the_depth()
        => Assert.Equal(["3", "3 4", "3 4 5", "3 4 5 6"], Paths(new TrigramSearchOptions { Depth = 3 }, [[1, 2, 3, 4, 5, 6, 7, 8]], [1, 2]));

    [Fact]
    public void The_search_visits_as_the_formula_says()
    {
        // After 1 2: 3 (2/3) or 4 (1/3), both at the end of what is known. With one level, n visits follow from S/n + (C1 + ln((N + C2 + 1) / C2)) · P · √N / (1 + n) alone:
        // at N = 0 all scores are 0 and the first wins; then 3 has 1 + 2/3 + (C1 + …) · (2/3) / 2, and 4 has (C1 + …) / 3: with C1 = 0, ln(10/8) / 3 loses; with a large C1 the visits share as P does.
        int[][] texts = [[1, 2, 3], [1, 2, 3], [1, 2, 4]];
        Assert.Equal(["3"], Paths(new TrigramSearchOptions { Depth = 1, Iterations = 3, C1 = 0 }, texts, [1, 2]));
        Assert.Equal(["3", "4"], Paths(new TrigramSearchOptions { Depth = 1, Iterations = 3, C1 = 1000 }, texts, [1, 2]));

        // C2 alone: with a very small one the logarithm is large and does what C1 did.
        Assert.Equal(["3", "4"], Paths(new TrigramSearchOptions { Depth = 1, Iterations = 3, C1 = 0, C2 = 1e-300 }, texts, [1, 2]));
    }

    [Fact]
    public void Paths_says_how_many_runs_are_kept_and_each_gets_its_best_next_token()
    {
        int[][] texts = [[1, 2, 3, 5], [1, 2, 3, 5], [1, 2, 4, 6]];
        Assert.Equal(["3", "3 5"], Paths(new TrigramSearchOptions { Depth = 1, Paths = 1 }, texts, [1, 2]));
        Assert.Equal(["3", "4", "3 5", "4 6"], Paths(new TrigramSearchOptions { Depth = 1, Paths = 2 }, texts, [1, 2]));
        Assert.Equal(["3"], Paths(new TrigramSearchOptions { Depth = 1, MaxNodes = 1 }, texts, [1, 2], nodes: 1));
        Assert.Equal(["3", "3 5"], Paths(new TrigramSearchOptions { Depth = 1, SuccessorsKept = 1 }, texts, [1, 2]));
    }

    [Fact]
    public void Nothing_is_drafted_behind_a_token_that_ends_the_text_and_nothing_deeper_than_the_round_allows()
    {
        Assert.Equal(["3", "3 4"], Paths(new TrigramSearchOptions(), [[1, 2, 3, 4, 5, 6, 7, 8]], [1, 2], ends: [4]));
        Assert.Equal(["3", "3 4"], Paths(new TrigramSearchOptions(), [[1, 2, 3, 4, 5, 6, 7, 8]], [1, 2], depth: 2));
        Assert.Equal([], Paths(new TrigramSearchOptions(), [[1, 2, 3]], [2]));
        Assert.Equal([], Paths(new TrigramSearchOptions(), [[1, 2, 3]], [7, 8]));
    }

    [Fact]
    public void A_seed_makes_the_search_repeatable_and_another_may_find_other_runs()
    {
        int[][] texts = [TestStore.Random(3000, 12, 1)];
        string[] Draft(long? seed) => Paths(new TrigramSearchOptions { Seed = seed, Iterations = 60 }, texts, [1, 2]);
        Assert.Equal(Draft(3), Draft(3));
        Assert.Equal(Draft(null), Draft(null));
        Assert.Contains(Enumerable.Range(4, 20), seed => !Draft(seed).SequenceEqual(Draft(3)));
    }

    [Fact]
    public void The_last_tokens_are_learnt_after_each_round()
    {
        var table = new TrigramTable(_vocabulary);
        Session(new TrigramSearchOptions { Table = "t", UpdateStep = 0.5, UpdateCap = 0.5, UpdateWindow = 4 }, new DecodingServices().Add("t", table), calls: 1, tokens: 3);

        // Three rounds are learnt from: a run of three, then the same one again and one more, and so on up to the window.
        Assert.Equal(3, table.Count);
        Assert.All(table.Snapshot(), entry => Assert.All(entry.Row, successor => Assert.Equal(0.5, successor.Weight)));
        var still = new TrigramTable(_vocabulary);
        Session(new TrigramSearchOptions { Table = "t", UpdateStep = 0 }, new DecodingServices().Add("t", still), calls: 1, tokens: 9);
        Assert.Equal(0, still.Count);
    }

    [Fact]
    public void An_empty_start_improves_by_a_third_over_twenty_calls()
    {
        var lengths = Session(new TrigramSearchOptions(), new DecodingServices(), calls: 20, tokens: 60);
        Assert.True(lengths.TakeLast(5).Average() >= 1.3 * lengths[0], string.Join(' ', lengths.Select(length => length.ToString("0.00"))));
    }

    [Fact]
    public void Without_a_name_a_client_keeps_one_table_for_each_model()
    {
        var services = new DecodingServices();
        var context = TestVocabulary.Standard.Context with { Services = services };
        foreach (var name in (string[])["a", "b", "a"]) new TrigramSearchOptions().Compile(context with { Model = context.Model with { Name = name } });
        Assert.Equal(["default of a", "default of b"], services.Names<TrigramTable>());
    }

    [Fact]
    public void A_missing_table_and_one_of_another_vocabulary_are_refused_by_name()
    {
        var missing = Assert.Throws<ArgumentException>(() => Compile(new DecodingServices()));
        Assert.Contains("trigram-search: Table names \"t\"", missing.Message);
        var other = Assert.Throws<ArgumentException>(() => Compile(new DecodingServices().Add("t", new TrigramTable(VocabularyId.Of(new TestVocabulary("a", "b"))))));
        Assert.Contains("trigram-search: Table \"t\" is of another vocabulary", other.Message);
    }

    private static DecodingPlan Compile(DecodingServices services)
        => DecodingPlan.Compile(new DecodingOptions { Speculation = new TrigramSearchOptions { Table = "t" } }, TestVocabulary.Standard.Context with { Services = services });

    private static string[] Paths(TrigramSearchOptions options, int[][] texts, int[] prompt, int nodes = 64, int depth = 64, int[]? ends = null)
    {
        var services = new DecodingServices().Add("t", TrigramTable.Build(_vocabulary, texts));
        using var drafter = new OneDrafter(options with { Table = "t" }, prompt, services, ends: ends);
        (drafter.Round.MaxNodes, drafter.Round.MaxDepth) = (nodes, depth);
        return drafter.Paths();
    }

    // Calls with other seeds on a model that repeats itself: the mean number of tokens of a round, call by call.
    private static double[] Session(TrigramSearchOptions options, DecodingServices services, int calls, int tokens)
    {
        var model = new TableModel(TestVocabulary.Standard.Count, (text, logits) =>
        {
            // Four sentences of ten tokens, in any order.
            logits.Fill(-40);
            if (text[^1] % 10 < 9) logits[text[^1] + 1] = 0;
            else for (var sentence = 0; sentence < 4; sentence++) logits[10 * sentence] = 0;
        });
        var lengths = new double[calls];
        for (var call = 0; call < calls; call++)
        {
            var plain = new DecodingOptions().WithSeed(call + 1);
            using var sequence = model.OpenSequence();
            using var other = model.OpenSequence();
            var request = new GenerationRequest
            {
                Sequence = sequence, Prompt = new[] { 7, 8 }, MaxTokens = tokens,
                Plan = DecodingPlan.Compile(plain with { Speculation = options }, TestVocabulary.Standard.Context with { Services = services }),
            };
            var expected = request with { Sequence = other, Plan = DecodingPlan.Compile(plain), Counter = new ForwardCounter() };
            Assert.Equal(Generator.GenerateAsync(expected).ToBlockingEnumerable(), Generator.GenerateAsync(request).ToBlockingEnumerable());

            // A round without a draft counts, too: it gave one token.
            lengths[call] = (double)tokens / request.Counter.Target;
        }

        return lengths;
    }
}
