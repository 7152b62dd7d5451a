namespace Decant.Tests.Decoding.Speculation.Auto;

public class AutoFailureTests
{
    private static readonly DraftModelOptions _model = new() { Model = "draft", MaxTokens = 64 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_drafter_that_fails_is_dropped_alone_with_a_warning_that_names_it(int rounds)
    {
        var calls = new SimulatedCalls();
        calls.Run(null);
        var plain = calls.Text;
        calls.Run(new AutoSpeculationOptions { Drafters = [new FailingDraftOptions("test-failing", rounds), _model] });
        Assert.Equal(plain, calls.Text);
        Assert.Contains("\"test-failing\"", Assert.Single(calls.Counter.Warnings));
        Assert.True(calls.Counter.Drafters["draft-model"].Accepted > 50);
        Assert.Equal(rounds, calls.Counter.Drafters.GetValueOrDefault("test-failing").Drafted);
    }

    [Fact]
    public void Where_all_fail_the_call_goes_on_without()
    {
        var calls = new SimulatedCalls();
        var plain = calls.Run(null);
        var text = calls.Text;
        Assert.Equal(plain, calls.Run(new AutoSpeculationOptions { Drafters = [new FailingDraftOptions("first"), new FailingDraftOptions("second")] }));
        Assert.Equal(text, calls.Text);
        Assert.Equal(["\"first\"", "\"second\""], calls.Counter.Warnings.Select(warning => warning.Split(' ')[2]).Order());
        Assert.Equal(0, calls.Counter.Drafted);
    }

    [Fact]
    public void Where_the_best_is_dropped_the_best_of_the_others_is_chosen()
    {
        var (ledger, table) = (new ChoiceLedger(200), new ChoiceTable(2, [4]));
        for (var i = 0; i < 100; i++)
        {
            var choice = table.Choose(ledger, _ => 1);
            table.Learn(choice, new[] { 1, 5, 3 }[choice], choice == 0 ? 100 : 120, true, ledger);
        }

        Assert.Equal((0, 4), table[table.Choose(ledger, _ => 1)]);
        Assert.Equal((1, 4), table[table.Choose(ledger, drafter => drafter == 0 ? null : 1)]);
        Assert.Equal(0, table.Choose(ledger, _ => null));
    }

    [Fact]
    public void Laws_of_siblings_that_one_verdict_cannot_serve_are_refused_and_others_are_served()
    {
        SpeculationOptions one = _model, independent = new IidSequencesOptions { Model = "draft" }, without = new GumbelTreeOptions { Model = "draft" };
        DecodingPlan Compile(VerifierOptions verifier, params SpeculationOptions[] drafters)
            => DecodingPlan.Compile(new DecodingOptions { Speculation = new AutoSpeculationOptions { Verifier = verifier, Drafters = [.. drafters] } }, TestVocabulary.Standard.Context);

        Assert.Equal(SiblingLaw.Independent, Compile(new RecursiveRejectionOptions(), one, independent).Speculation!.Drafter.Law);
        Assert.Equal(SiblingLaw.WithoutReplacement, Compile(new RecursiveRejectionOptions(), one, without).Speculation!.Drafter.Law);
        Assert.Equal(SiblingLaw.Single, Compile(new RecursiveRejectionOptions(), one, _model with { MaxTokens = 3 }).Speculation!.Drafter.Law);
        Assert.Contains("recursive-rejection", Assert.Throws<ArgumentException>(() => Compile(new RecursiveRejectionOptions(), independent, without)).Message);
        Compile(new TokenMatchOptions(), independent, without);
    }

    [Theory]
    [InlineData(true, SiblingLaw.Deterministic, SiblingLaw.WithoutReplacement)]
    [InlineData(true, SiblingLaw.Single, SiblingLaw.WithoutReplacement)]
    [InlineData(true, SiblingLaw.Deterministic, SiblingLaw.Independent)]
    [InlineData(true, SiblingLaw.Deterministic, SiblingLaw.Single)]
    [InlineData(false, SiblingLaw.Deterministic, SiblingLaw.Single)]
    [InlineData(false, SiblingLaw.Single, SiblingLaw.Deterministic)]
    public void Laws_that_are_joined_do_not_slip_past_fused(bool isPrimary, SiblingLaw first, SiblingLaw second)
    {
        SpeculationOptions Of(SiblingLaw law) => law switch
        {
            SiblingLaw.Deterministic => new PromptLookupOptions(),
            SiblingLaw.Single => _model,
            SiblingLaw.Independent => new IidSequencesOptions { Model = "draft" },
            _ => new GumbelTreeOptions { Model = "draft" },
        };
        DecodingPlan Compile(SpeculationOptions part)
        {
            var fused = isPrimary ? new FusedOptions { Primary = part, Secondary = new PromptLookupOptions() } : new FusedOptions { Primary = _model, Secondary = part };
            return DecodingPlan.Compile(new DecodingOptions { Speculation = fused with { Verifier = new MixedOptions() } }, TestVocabulary.Standard.Context);
        }

        Assert.Contains("\"auto\"", Assert.Throws<ArgumentException>(() => Compile(new AutoSpeculationOptions { Drafters = [Of(first), Of(second)] })).Message);
        Compile(new AutoSpeculationOptions { Drafters = [new PromptLookupOptions()] });
    }

    [Fact]
    public void Drafts_with_and_without_chance_are_joined_to_the_mixed_law()
    {
        foreach (var drafters in new ValueList<SpeculationOptions>[] { [new PromptLookupOptions(), _model], [_model, new PromptLookupOptions()] })
        {
            var auto = new AutoSpeculationOptions { Verifier = new MixedOptions(), Drafters = drafters };
            Assert.Equal(SiblingLaw.Mixed, DecodingPlan.Compile(new DecodingOptions { Speculation = auto }, TestVocabulary.Standard.Context).Speculation!.Drafter.Law);
        }
    }

    [Fact]
    public void What_a_drafter_needs_to_know_the_call_is_asked_for()
    {
        bool Needs(SpeculationOptions drafter) => DecodingPlan.Compile(new DecodingOptions { Speculation = new AutoSpeculationOptions { Drafters = [drafter] } }, TestVocabulary.Standard.Context).NeedsContext;
        Assert.True(Needs(new PassageOptions()));
        Assert.False(Needs(_model));
    }

    [Fact]
    public async Task A_sequence_that_no_round_asked_for_keeps_what_it_had_read()
    {
        int[] prompt = [1, 2, 0, 1, 2];
        foreach (var speculation in new SpeculationOptions[] { _model, new GumbelTreeOptions { Model = "draft" }, new AutoSpeculationOptions { Drafters = [_model] } })
        {
            var model = TableModel.Random(40);
            using var draft = model.OpenSequence();
            (await draft.ForwardAsync(new ForwardInput(prompt.AsMemory(0, 3)))).Dispose();
            var runs = new SpeculationRuns(40);
            runs.Run(new DecodingOptions { Speculation = speculation }, 1, change: request => request with { Drafts = [new BranchSource(prompt, draft)] });
            Assert.Equal(3, draft.Length);
        }
    }
}
