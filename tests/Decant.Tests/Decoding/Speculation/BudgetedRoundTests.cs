namespace Decant.Tests.Decoding.Speculation;

/// <summary>A round costs no more than the call's budget has left, and counts what became text.</summary>
public class BudgetedRoundTests
{
    private readonly SpeculationRuns _runs = new(TestVocabulary.Standard.Count, scale: 3);

    public static TheoryData<string> Kinds => ["draft-model", "iid-sequences", "gumbel-tree", "fused", "lexical-unit", "auto"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_forward_is_run_that_the_budget_does_not_allow(string kind)
    {
        foreach (var contrast in (ContrastOptions?[])[null, new LinearContrastOptions(0.5f)])
        {
            var options = new DecodingOptions { Contrast = contrast }.WithSeed(3);
            var plain = _runs.Run(options, 40);
            var branches = contrast is null ? 1 : 2;
            for (var most = 1; most < 40; most++)
            {
                ForwardCounter? counter = null;
                var budgeted = options with { Speculation = Of(kind), Budget = new BudgetOptions { MaxForwards = most } };
                var text = _runs.Run(budgeted, 40, change: request => request with { Counter = counter = new ForwardCounter() });
                Assert.Equal(plain[..text.Count], text);
                Assert.True(text.Count == 40 || counter!.Total >= most);

                // As without drafts, the prompts are read whole and a token costs every branch a forward.
                Assert.InRange(counter!.Total, 1, Math.Max(3, most + branches - 1));
            }
        }
    }

    [Fact]
    public void A_prompt_that_the_drafting_model_has_yet_to_read_is_read_as_far_as_the_budget_goes()
    {
        ForwardCounter? counter = null;
        var options = new DecodingOptions { Speculation = Of("draft-model"), Budget = new BudgetOptions { MaxForwards = 8 } }.WithSeed(3);
        _runs.Run(options, 40, change: request => request with { Counter = counter = new ForwardCounter(), PrefillChunk = 1 });

        // The target has read all but the prompt's last token in four forwards, and a fifth verifies.
        Assert.Equal((8, 3), (counter!.Total, counter.Drafts));
    }

    [Fact]
    public void Seconds_end_a_draft_too()
    {
        var time = new ManualTime();
        foreach (var model in (TableModel[])[_runs.Target, _runs.Draft])
        {
            model.BeforeForward = _ =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return Task.CompletedTask;
            };
        }

        ForwardCounter? counter = null;
        var options = new DecodingOptions { Speculation = Of("draft-model"), Budget = new BudgetOptions { MaxSeconds = 2.5 } }.WithSeed(3);
        _runs.Run(options, 40, change: request => request with { Counter = counter = new ForwardCounter(), TimeProvider = time });
        Assert.Equal((1, 3), (counter!.Target, counter.Drafts));
    }

    [Fact]
    public void What_a_caller_does_not_take_of_a_round_is_not_counted()
    {
        var options = new DecodingOptions { Speculation = new DraftModelOptions { Model = "draft" } }.WithSeed(3);
        var runs = new SpeculationRuns(TestVocabulary.Standard.Count, scale: 3) { Draft = _runs.Target };
        for (var taken = 1; taken <= 12; taken++)
        {
            var counter = new SpeculationCounter();
            runs.Run(options, 1, change: request =>
            {
                Assert.Equal(taken, Generator.GenerateAsync(request with { MaxTokens = 40, Speculation = counter }).ToBlockingEnumerable().Take(taken).Count());
                return request with { Sequence = _runs.Target.OpenSequence(), Drafts = [new BranchSource(request.Prompt, _runs.Target.OpenSequence())] };
            });

            // The drafting model is the target, so of six tokens all but the last were drafted.
            Assert.Equal((taken, taken - (taken / 6)), (counter.Tokens, counter.Accepted));
            Assert.Equal((taken + 5) / 6, counter.Rounds);
        }
    }

    [Fact]
    public void Forced_tokens_stay_in_the_draft_of_a_drafter_that_fails()
    {
        var options = new DecodingOptions { Constraints = [new FollowOptions(1, 2, Certain: true)], Sampling = new SamplingOptions { Temperature = 0 } };
        var table = new TableModel(4, (tokens, logits) =>
        {
            logits.Clear();
            logits[tokens[^1] == 1 ? 0 : 1] = 9;
        });
        var runs = new SpeculationRuns { Target = table };
        foreach (var failing in (SpeculationOptions[])[new Auto.FailingDraftOptions("first", 1), new AutoSpeculationOptions { Drafters = [new Auto.FailingDraftOptions("first")], Lengths = [4] }])
        {
            var counter = new SpeculationCounter();
            runs.Run(options with { Speculation = failing }, 40, counter: counter);
            Assert.Single(counter.Warnings);

            // Every second token is forced; behind the last there is no room for another.
            Assert.Equal(new DraftCount(19, 19), counter.Drafters["forced"]);
        }
    }

    private static SpeculationOptions Of(string kind)
    {
        var model = new DraftModelOptions { Model = "draft" };
        return kind switch
        {
            "draft-model" => model,
            "iid-sequences" => new IidSequencesOptions { Model = "draft" },
            "gumbel-tree" => new GumbelTreeOptions { Model = "draft" },
            "fused" => new FusedOptions { Primary = model, Secondary = new PromptLookupOptions() },
            "lexical-unit" => new LexicalUnitOptions { PadId = 0, Beta = 0 },
            _ => new AutoSpeculationOptions { Model = "draft" },
        };
    }
}
