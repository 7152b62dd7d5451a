namespace Decant.Tests.Decoding.Speculation.Auto;

public class AutoTests
{
    private static readonly AutoSpeculationOptions _auto = new() { Model = "draft" };

    public static TheoryData<double, double> Hopeless => new() { { 3, 20 }, { 1, 3 }, { 20, 60 }, { 40, 100 } };

    [Theory]
    [MemberData(nameof(Hopeless))]
    public void Where_no_drafter_helps_no_call_falls_below_97_percent_of_plain_decoding(double rowCost, double draftCost)
    {
        var calls = new SimulatedCalls { RowCost = rowCost, DraftCost = draftCost, IsRight = _ => false };
        for (var seed = 1; seed <= 6; seed++) Assert.InRange(calls.Run(_auto, seed), 0, calls.Run(null, seed) / 0.97);
    }

    [Fact]
    public void A_drafter_that_is_right_now_and_then_costs_no_more_than_that_either()
    {
        var calls = new SimulatedCalls { IsRight = position => position % 5 == 0 };
        for (var seed = 1; seed <= 6; seed++) Assert.InRange(calls.Run(_auto, seed), 0, calls.Run(null, seed) / 0.97);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(7)]
    [InlineData(3)]
    public void A_helpful_drafter_gives_at_least_90_percent_of_the_best_fixed_choice_once_warm(int wrongEvery)
    {
        var calls = new SimulatedCalls { IsRight = position => position % wrongEvery != 0 };
        for (var seed = 1; seed <= 3; seed++) calls.Run(_auto, seed);
        var auto = Enumerable.Range(4, 4).Sum(seed => calls.Run(_auto, seed));
        var best = _auto.Lengths.Min(length => Enumerable.Range(4, 4).Sum(seed => calls.Run(new DraftModelOptions { Model = "draft", MaxTokens = length }, seed)));
        Assert.True(best < Enumerable.Range(4, 4).Sum(seed => calls.Run(null, seed)), "The drafter does not help: the test shows nothing.");
        Assert.InRange(auto, 0, best / 0.9);
    }

    [Fact]
    public void The_time_of_a_long_prompt_is_not_taken_for_that_of_a_token()
    {
        var calls = new SimulatedCalls { Prompt = [.. Enumerable.Range(0, 256).Select(i => 1 + 7 * i % 199)], IsRight = _ => false };
        var read = 3 * (calls.Prompt.Length - 1);
        for (var seed = 1; seed <= 6; seed++)
        {
            var plain = calls.Run(null, seed, tokens: 100) - read;
            Assert.Equal(100 * 100, plain, 3);
            Assert.InRange(calls.Run(_auto, seed, tokens: 100) - read, 0, plain / 0.97);
        }
    }

    [Fact]
    public void A_change_is_noticed_in_both_directions()
    {
        var calls = new SimulatedCalls { IsRight = _ => true };
        for (var seed = 1; seed <= 3; seed++) calls.Run(_auto, seed);
        var plain = calls.Run(null, 4);
        Assert.InRange(calls.Run(_auto, 4), 0, 0.6 * plain);

        calls.IsRight = _ => false;
        Assert.InRange(calls.Run(_auto, 5), 0, calls.Run(null, 5) / 0.97);
        calls.Run(_auto, 6);
        var drafted = calls.Counter.Drafted;
        Assert.True(drafted < 60, $"{drafted} tokens were drafted, none of them right.");

        calls.IsRight = _ => true;
        for (var seed = 7; seed <= 10; seed++) calls.Run(_auto, seed);
        Assert.InRange(calls.Run(_auto, 11), 0, 0.6 * calls.Run(null, 11));
    }

    [Fact]
    public void Statistics_name_the_drafter_and_calls_of_other_kinds_learn_for_themselves()
    {
        var calls = new SimulatedCalls();
        for (var seed = 1; seed <= 3; seed++) calls.Run(_auto, seed);
        Assert.Contains("draft-model", calls.Counter.Drafters.Keys);
        Assert.DoesNotContain("auto", calls.Counter.Drafters.Keys);

        // A call that knows is quicker than a first one; one of another kind takes as long as in a client that has learnt nothing, until its own kind has been seen.
        var penalised = new DecodingOptions { Processors = [new RepetitionPenaltyOptions()] };
        Assert.True(calls.Run(_auto, 9, tokens: 100) < new SimulatedCalls().Run(_auto, 9, tokens: 100));
        var first = calls.Run(_auto, 9, tokens: 100, penalised);
        Assert.Equal(new SimulatedCalls().Run(_auto, 9, tokens: 100, penalised), first);
        Assert.True(calls.Run(_auto, 9, tokens: 100, penalised) < first);
    }

    [Fact]
    public void A_model_that_has_much_to_read_first_is_not_tried_in_a_short_call()
    {
        var ledger = new ChoiceLedger(200);
        var table = new ChoiceTable(1, [4]);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, table.Choose(ledger, _ => 5000));
            table.Learn(0, 1, 100, true, ledger);
        }

        Assert.Equal(1, table.Choose(ledger, _ => 1));
    }

    [Fact]
    public void The_text_is_that_without_drafts_and_members_change_what_is_drafted()
    {
        var calls = new SimulatedCalls { IsRight = position => position % 7 != 0 };
        calls.Run(null, 5);
        var plain = calls.Text;
        var drafted = new HashSet<string>();
        foreach (var auto in new[]
        {
            _auto, new AutoSpeculationOptions(), _auto with { Lengths = [4] }, _auto with { MaxNodes = 3 }, _auto with { Length = new FixedLengthOptions { Tokens = 1 } },
            new AutoSpeculationOptions { Drafters = [new DraftModelOptions { Model = "draft", MaxTokens = 5 }] },
        })
        {
            calls.Run(auto, 5);
            Assert.Equal(plain, calls.Text);
            Assert.True(drafted.Add(string.Join(' ', calls.Counter.Drafters) + calls.Counter.Rounds), auto.ToString());
        }
    }

    [Fact]
    public void A_drafter_that_the_verifier_does_not_support_is_refused_by_name()
    {
        var options = new AutoSpeculationOptions { Model = "draft", Verifier = new RejectionOptions() };
        var message = Assert.Throws<ArgumentException>(() => DecodingPlan.Compile(new DecodingOptions { Speculation = options }, TestVocabulary.Standard.Context)).Message;
        Assert.Contains("\"rejection\"", message);
        Assert.Contains("\"prompt-lookup\"", message);
        DecodingPlan.Compile(new DecodingOptions { Speculation = options with { Model = null, Drafters = [new DraftModelOptions { Model = "draft" }] } }, TestVocabulary.Standard.Context);
    }

    [Fact]
    public void Where_nothing_may_be_tried_the_best_is_chosen()
    {
        var (ledger, table) = (new ChoiceLedger(200), new ChoiceTable(1, [4]));
        table.Learn(table.Choose(ledger, _ => 1), 1, 100, true, ledger);
        Assert.Equal(0, table.Choose(ledger, _ => 1, tries: false));
        Assert.Equal(1, table.Choose(ledger, _ => 1));
        table.Learn(1, 5, 120, true, ledger);
        Assert.Equal(1, table.Choose(ledger, _ => 1, tries: false));
    }

    [Fact]
    public void What_was_learnt_does_not_depend_on_a_drafter_s_seed()
    {
        AutoSpeculationOptions Of(long seed) => new()
        {
            Drafters = [new DraftModelOptions { Model = "draft", MaxTokens = 64 }, new FusedOptions { Primary = new PromptLookupOptions(), Secondary = new TrigramSearchOptions { Seed = seed } }],
        };
        var calls = new SimulatedCalls();
        for (var seed = 1; seed <= 3; seed++) calls.Run(Of(seed), seed);
        Assert.True(calls.Run(Of(9), 9, tokens: 100) < new SimulatedCalls().Run(Of(9), 9, tokens: 100));
    }

    [Fact]
    public void A_client_does_not_remember_ever_more_kinds_of_calls()
    {
        var services = new DecodingServices();
        ChoiceTable Of(int kind) => ChoiceTable.Of(services, kind.ToString(), 1, [2]);
        var first = Of(0);
        for (var kind = 1; kind < 256; kind++) Of(kind);
        Assert.Same(first, Of(0));
        Of(256);
        Assert.NotSame(first, Of(0));
    }

    [Fact]
    public async Task Calls_may_run_at_once()
    {
        var table = new ChoiceTable(2, [2, 6]);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(call => Task.Run(() =>
        {
            var ledger = new ChoiceLedger(200);
            for (var i = 0; i < 5000; i++)
            {
                var choice = table.Choose(ledger, _ => 1);
                table.Learn(choice, choice == 3 ? 4 : 1, choice == 0 ? 100 : 150, true, ledger);
            }

            Assert.Equal((0, 6), table[3]);
            Assert.True(ledger.Lost < 0);
        })));
    }
}
