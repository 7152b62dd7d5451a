namespace Decant.Tests.Decoding.Speculation.Lengths;

/// <summary>A length changes what is drafted, never the text.</summary>
public class LengthIdentityTests
{
    private static readonly DecodingOptions _contrast = new() { Contrast = new AdaptiveContextAwareOptions { Context = ["x"] } };

    private static readonly Dictionary<string, LengthOptions> _lengths = new LengthOptions[]
    {
        new FixedLengthOptions { Tokens = 3 },
        new HeuristicLengthOptions { Max = 7 },
        new ConfidenceLengthOptions { MinTop1 = 0.4, Adapt = true },
        new EntropyLengthOptions(),
        new AcceptanceLengthOptions(),
        new GoodputLengthOptions(),
        new DivergenceLengthOptions(),
    }.ToDictionary(length => length.Kind);

    public static TheoryData<string> Kinds => [.. StrategySlot.Parts.Single(slot => slot.Name == "length").Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_seeds_text_is_that_without_speculation_and_the_draft_is_another_than_without_a_length(string kind)
    {
        var runs = new SpeculationRuns(vocabulary: 12, scale: 3);
        var (with, without) = (new SpeculationCounter(), new SpeculationCounter());
        foreach (var drafter in new SpeculationOptions[] { new DraftModelOptions { Model = "draft", MaxTokens = 12 }, new PromptLookupOptions() })
        {
            for (var seed = 1; seed <= 8; seed++)
            {
                var options = _contrast.WithSeed(seed);
                var plain = runs.Run(options, 60);
                Assert.Equal(plain, runs.Run(options with { Speculation = drafter with { Length = _lengths[kind] } }, 60, counter: with));
                Assert.Equal(plain, runs.Run(options with { Speculation = drafter }, 60, counter: without));
            }
        }

        Assert.True(with.Accepted > 0);
        Assert.NotEqual(with.Drafted, without.Drafted);
    }

    [Fact]
    public void Branches_that_disagree_make_drafts_shorter()
    {
        var runs = new SpeculationRuns(vocabulary: 12, scale: 3);
        int Drafted(DivergenceLengthOptions length)
        {
            var counter = new SpeculationCounter();
            runs.Run(_contrast.WithSeed(1) with { Speculation = new DraftModelOptions { Model = "draft", MaxTokens = 12, Length = length } }, 60, counter: counter);
            return counter.Drafted * 100 / counter.Rounds;
        }

        Assert.True(Drafted(new DivergenceLengthOptions { High = 1e-9 }) < Drafted(new DivergenceLengthOptions()));
        Assert.True(Drafted(new DivergenceLengthOptions()) < Drafted(new DivergenceLengthOptions { High = 1e9 }));
        Assert.True(Drafted(new DivergenceLengthOptions { High = 1e-9 }) < Drafted(new DivergenceLengthOptions { High = 1e-9, Min = 3 }));
        Assert.True(Drafted(new DivergenceLengthOptions { High = 1e9, Max = 4 }) < Drafted(new DivergenceLengthOptions { High = 1e9 }));
        Assert.NotEqual(Drafted(new DivergenceLengthOptions { Memory = 0 }), Drafted(new DivergenceLengthOptions { Memory = 0.95 }));
    }

    [Fact]
    public void A_contrast_that_measures_no_divergence_is_refused_by_name()
    {
        var speculation = new PromptLookupOptions { Length = new DivergenceLengthOptions() };
        Assert.Contains("there is no contrast", Refusal(new DecodingOptions { Speculation = speculation }));
        var message = Refusal(new DecodingOptions { Speculation = speculation, Contrast = new ContextAwareOptions { Context = ["x"] } });
        Assert.Contains("\"context-aware\" measures none", message);
        Assert.Contains("\"divergence\"", message);
    }

    [Fact]
    public void What_is_out_of_range_is_refused_by_name()
    {
        foreach (var length in new LengthOptions[]
        {
            new HeuristicLengthOptions { Max = 65 }, new HeuristicLengthOptions { Min = 0 }, new HeuristicLengthOptions { Start = 21 }, new HeuristicLengthOptions { Increase = 0 }, new HeuristicLengthOptions { Decrease = 0 },
            new ConfidenceLengthOptions { MinTop1 = 2 }, new ConfidenceLengthOptions { MatchRate = 0 }, new ConfidenceLengthOptions { Step = 0 }, new ConfidenceLengthOptions { MaxTokens = 0 },
            new EntropyLengthOptions { MaxBits = -1 }, new EntropyLengthOptions { MaxTokens = 65 },
            new AcceptanceLengthOptions { Threshold = 2 }, new AcceptanceLengthOptions { Min = 0 }, new AcceptanceLengthOptions { Max = 65 }, new AcceptanceLengthOptions { Source = "" },
            new GoodputLengthOptions { MaxTokens = 0 }, new GoodputLengthOptions { AcceptanceEma = 1 }, new GoodputLengthOptions { ExploreRate = 2 }, new GoodputLengthOptions { Hysteresis = 0 }, new GoodputLengthOptions { Costs = "" },
            new DivergenceLengthOptions { High = 0 }, new DivergenceLengthOptions { Min = 0 }, new DivergenceLengthOptions { Max = 65 }, new DivergenceLengthOptions { Memory = 1 },
        })
        {
            Assert.StartsWith($"{length.Kind}: ", Assert.ThrowsAny<ArgumentException>(length.Validate).Message);
        }
    }

    [Fact]
    public void Written_and_read_they_are_the_same()
    {
        foreach (var length in new LengthOptions[]
        {
            new HeuristicLengthOptions { Start = 4, Increase = 3, Decrease = 2, Min = 2, Max = 9 },
            new ConfidenceLengthOptions { MinTop1 = 0.4, Adapt = true, MatchRate = 0.5, Step = 0.1, MaxTokens = 3 },
            new EntropyLengthOptions { MaxBits = 2.5, MaxTokens = 3 },
            new AcceptanceLengthOptions { Threshold = 0.5, Min = 1, Max = 9, Source = "head" },
            new GoodputLengthOptions { MaxTokens = 5, AcceptanceEma = 0.5, ExploreRate = 0.2, Hysteresis = 4, Costs = "costs" },
            new DivergenceLengthOptions { High = 0.1, Min = 2, Max = 9, Memory = 0.1 },
        })
        {
            var options = new DecodingOptions { Speculation = new PromptLookupOptions { Length = length } };
            Assert.Equal(options, DecodingOptions.Read(options.ToString()));
        }
    }

    private static string Refusal(DecodingOptions options)
        => Assert.Throws<ArgumentException>(() => DecodingPlan.Compile(options, TestVocabulary.Standard.Context)).Message;
}
