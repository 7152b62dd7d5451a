namespace Decant.Tests.Decoding.Speculation;

public class LookaheadTests
{
    private static readonly TableModel _model = TableModel.Random(TestVocabulary.Standard.Count, order: 3, seed: 8);

    [Fact]
    public void The_pool_keeps_the_runs_of_a_token_that_were_seen_last()
    {
        var pool = new NgramPool(length: 3, kept: 2);
        foreach (var run in (int[][])[[1, 2, 3], [1, 4, 5], [1, 2, 3], [1, 6, 7], [2, 8, 9]]) pool.Add(run);
        Assert.Equal([[2, 3], [6, 7]], pool.Behind(1));
        Assert.Equal([[8, 9]], pool.Behind(2));
        Assert.Empty(pool.Behind(3));
    }

    [Fact]
    public void The_window_and_the_pool_are_those_of_running_every_guess_by_itself()
    {
        var options = new LookaheadOptions { Level = 4, Window = 3, Guesses = 2, MaxNodes = 256 };
        using var drafter = new OneDrafter(options, [5, 6, 7], target: _model);
        drafter.Round.MaxNodes = 256;
        var run = (LookaheadRun)drafter.Run;
        var pool = new NgramPool(options.Level, options.Guesses);
        List<int[]>? levels = null;
        for (var round = 0; round < 12; round++)
        {
            var tree = drafter.Draft();
            levels ??= [run.Window.Levels[0]];
            Correct(options, [.. drafter.Round.State.Tokens], levels, pool);
            var next = 10 + round;
            Observe(drafter, tree, next);
            Assert.Equal(levels, run.Window.Levels);
            for (var token = 0; token < TestVocabulary.Standard.Count; token++) Assert.Equal(pool.Behind(token), run.Pool.Behind(token));
        }

        Assert.Equal((options.Level - 1, options.Window), (levels!.Count, levels[0].Length));
        Assert.Contains(Enumerable.Range(0, TestVocabulary.Standard.Count), token => pool.Behind(token).Count == options.Guesses);
    }

    [Fact]
    public void Runs_that_begin_with_the_last_token_are_drafted_first_and_the_last_seen_first()
    {
        var options = new LookaheadOptions { Level = 3, Window = 1, Guesses = 2, PoolFromPrompt = true };
        using var drafter = new OneDrafter(options, [1, 2, 3, 1, 4, 5, 1, 6, 7, 1], target: _model);
        Assert.Equal(["6", "6 7", "4", "4 5"], drafter.Paths()[..4]);
        Assert.Equal("lookahead", drafter.Round.Tree.Drafter(0));
        Assert.Equal("lookahead-window", drafter.Round.Tree.Drafter(4));
        drafter.Round.MaxNodes = 3;
        Assert.Equal(["6", "6 7", "4"], drafter.Paths());
        (drafter.Round.MaxNodes, drafter.Round.MaxDepth) = (64, 1);
        Assert.All(drafter.Paths(), path => Assert.DoesNotContain(' ', path));
        using var without = new OneDrafter(options with { PoolFromPrompt = false }, [1, 2, 3, 1], target: _model);
        without.Draft();
        Assert.Equal("lookahead-window", without.Round.Tree.Drafter(0));
    }

    [Fact]
    public void A_model_that_repeats_itself_is_drafted_without_forwards_of_its_own()
    {
        // Each token is followed by the next one of thirteen, whatever stood before.
        var model = new TableModel(TestVocabulary.Standard.Count, (tokens, logits) =>
        {
            logits.Clear();
            logits[(tokens[^1] + 1) % 13] = 20;
        });
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest
        {
            Sequence = sequence, Prompt = new[] { 3, 9, 1 }, MaxTokens = 60,
            Plan = DecodingPlan.Compile(new DecodingOptions { Sampling = new GreedyOptions(), Speculation = new LookaheadOptions() }, TestVocabulary.Standard.Context),
        };
        Assert.Equal(Enumerable.Range(2, 60).Select(token => token % 13), Generator.GenerateAsync(request).ToBlockingEnumerable().Select(token => token.Id));
        Assert.Equal(0, request.Counter.Drafts);
        Assert.InRange(request.Counter.Target, 5, 30);
    }

    private static void Observe(OneDrafter drafter, DraftTree tree, int next)
    {
        using var sequence = _model.OpenSequence();
        using var branches = new BranchSet([new Branch(sequence, rides: true, owned: false)], new ForwardCounter());
        branches.Feed(drafter.Round.State.Tokens);
        using (var step = branches.DraftAsync(tree, null, default).AsTask().GetAwaiter().GetResult())
        {
            drafter.Write(next);
            drafter.Run.Observe(new RoundOutcome(tree, [], next, drafter.Round.State, new TargetRows(drafter.Plan.Target, drafter.Round.State, drafter.Round.Limits), step));
        }

        branches.Keep(-1);
    }

    // One iteration by the definition: each guess of the last level is run with what it sees.
    private static void Correct(LookaheadOptions options, int[] text, List<int[]> levels, NgramPool pool)
    {
        var corrected = new int[levels[0].Length];
        for (var column = 0; column < corrected.Length; column++)
        {
            var seen = text.Concat(levels[0].Take(column + 1)).Concat(levels.Skip(1).Select(level => level[column])).ToArray();
            var logits = new float[TestVocabulary.Standard.Count];
            _model.Fill(seen, logits);
            corrected[column] = Array.IndexOf(logits, logits.Max());
            if (levels.Count == options.Level - 1) pool.Add([.. levels.Select(level => level[column]), corrected[column]]);
        }

        levels.Add(corrected);
        if (levels.Count == options.Level) levels.RemoveAt(0);
        else for (var i = 0; i < levels.Count; i++) levels[i] = levels[i][1..];
    }
}
