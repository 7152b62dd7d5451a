using System.Text.RegularExpressions;

namespace Decant.Tests.Decoding.Thinking;

/// <summary>Thinking control on models that reason in a known way: what is written, however marks are cut into tokens.</summary>
public class ThinkingTests
{
    private static readonly ValueList<string> _cues = ["Wait", "Let me"];

    public static TheoryData<ThinkingOptions> Kinds =>
    [
        new ZeroThinkOptions(), new LessThinkOptions { Sentence = "ab" }, new MoreThinkOptions { Cues = _cues, MaxExtensions = 2, Budget = 12 }, new MoreThinkOptions { Cues = ["Let me"], MaxExtensions = 3, Budget = 9, MinTokens = 5 },
        new ThinkBudgetOptions { Max = 5 }, new ThinkBudgetOptions { Max = 6, Min = 4, Ending = "x", Inside = "" },
    ];

    [Theory]
    [InlineData(true, false, "<think>\n\n</think>\n\na</s>")]
    [InlineData(false, false, "<think>\n\n</think>\n\na</s>")]
    [InlineData(true, true, "\n</think>\n\na</s>")]
    public void Zero_writes_no_reasoning(bool special, bool isOpen, string expected)
    {
        using var toy = ThinkingToy.Hasty(special);
        var plan = toy.Plan(new ZeroThinkOptions(), isOpen);
        var tokens = toy.Run(plan)[0];
        Assert.Equal(expected, toy.Text(tokens));
        Assert.Equal(new ThinkingReport(0, true), plan.ReadThinking(tokens));
        Assert.Equal(isOpen ? "</think>\na</s>" : "<think></think>\na</s>", toy.Write(toy.Plan(new ZeroThinkOptions { Inside = "", Behind = "\n" }, isOpen)));
    }

    [Fact]
    public void Less_writes_its_sentence_and_nothing_else()
    {
        using var toy = ThinkingToy.Hasty(special: true);
        Assert.Equal("<think>\nab x\n</think>\n\na</s>".Replace(" ", ""), toy.Write(toy.Plan(new LessThinkOptions { Sentence = "abx" })));
        Assert.Equal("xb\n</think>\n\na</s>", toy.Write(toy.Plan(new LessThinkOptions { Sentence = "xb" }, isOpen: true)));
    }

    [Theory]
    [InlineData(true, false, "<think>\nWaitLet me</think>a</s>")]
    [InlineData(true, true, "WaitLet me</think>a</s>")]
    [InlineData(false, true, "</thinkWait</thinkLet me</think>a</s>")]
    public void More_says_two_cues_and_closes_once(bool special, bool isOpen, string expected)
    {
        using var toy = ThinkingToy.Hasty(special);
        var plan = toy.Plan(new MoreThinkOptions { MaxExtensions = 2, Cues = _cues }, isOpen);
        var tokens = toy.Run(plan)[0];
        Assert.Equal(expected, toy.Text(tokens));
        Assert.Equal(new ThinkingReport(2, false), plan.ReadThinking(tokens));
    }

    [Fact]
    public void More_lets_a_close_through_when_there_are_enough_tokens_and_forces_one_when_there_are_too_many()
    {
        using var toy = ThinkingToy.Hasty(special: true);
        Assert.Equal("WaitWaitWait</think>a</s>", toy.Write(toy.Plan(new MoreThinkOptions { Cues = ["Wait"], MinTokens = 3 }, isOpen: true)));
        Assert.Equal("WaitWaitWait\n</think>\n\na</s>", toy.Write(toy.Plan(new MoreThinkOptions { Cues = ["Wait"], Budget = 4 }, isOpen: true)));

        // A cue for which there is no room is not begun.
        Assert.Equal("Let me</think>a</s>", toy.Write(toy.Plan(new MoreThinkOptions { Cues = ["Let me"], Budget = 4 }, isOpen: true)));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_budget_closes_in_time(bool special, bool isOpen)
    {
        // It would go on for ever.
        using var toy = new ThinkingToy(special, (text, next) =>
        {
            if (!isOpen && text.Length < ThinkingToy.Open.Length) next[special ? ThinkingToy.Open : text.Length == 0 ? "<" : text == "<" ? "think" : ">"] = 9;
            else next[!text.Contains(ThinkingToy.Close) ? "x" : text.EndsWith('a') ? "</s>" : "a"] = 9;
        });
        for (var max = 1; max < 9; max++)
        {
            var plan = toy.Plan(new ThinkBudgetOptions { Max = max, Inside = max > 2 ? "\n" : "" }, isOpen);
            var tokens = toy.Run(plan)[0];
            var text = toy.Text(tokens);
            Assert.Equal($"{(isOpen ? "" : ThinkingToy.Open)}{new string('x', max > 2 ? max - 1 : max)}{(max > 2 ? "\n" : "")}</think>\n\na</s>", text);
            Assert.Equal(new ThinkingReport(0, true), plan.ReadThinking(tokens));
        }

        Assert.Contains("xxxab\n</think>", toy.Write(toy.Plan(new ThinkBudgetOptions { Max = 6, Ending = "ab" }, isOpen)));
        Assert.Contains("think-budget", Assert.Throws<ArgumentException>(() => toy.Plan(new ThinkBudgetOptions { Max = 3, Ending = "ab" }, isOpen)).Message);
    }

    [Fact]
    public void A_minimum_opens_and_keeps_open_and_without_one_the_model_may_answer()
    {
        using var hasty = ThinkingToy.Hasty(special: true);
        Assert.Matches(@"^<think>\n(?!.*</think>.*</think>).{2,}</think>a</s>$", hasty.Write(hasty.Plan(new ThinkBudgetOptions { Min = 3 }), 60).Replace("\n\n", ""));
        using var direct = new ThinkingToy(special: true, (text, next) => next[text.EndsWith('a') ? "</s>" : text.StartsWith("<think>") && !text.Contains(ThinkingToy.Close) ? ThinkingToy.Close : "a"] = 9);
        Assert.Equal("a</s>", direct.Write(direct.Plan(new ThinkBudgetOptions())));
        Assert.StartsWith("<think>\n", direct.Write(direct.Plan(new ThinkBudgetOptions { Min = 1 })));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Whatever_is_drawn_no_mark_comes_twice_and_bounds_hold(ThinkingOptions thinking)
    {
        foreach (var special in (bool[])[true, false])
        {
            using var toy = ThinkingToy.Marker(special);
            var (closed, extended) = (0, 0);
            for (var seed = 0; seed < 60; seed++)
            {
                var isOpen = seed % 2 == 0;
                var plan = toy.Plan(thinking, isOpen, new SamplingOptions { Seed = seed });
                var tokens = toy.Run(plan, 60)[0];
                var text = (isOpen ? ThinkingToy.Open : "") + toy.Text(tokens);
                Assert.InRange(Regex.Count(text, ThinkingToy.Close), 0, 1);
                Assert.InRange(Regex.Count(text, ThinkingToy.Open), 0, 1);
                var report = plan.ReadThinking(tokens)!.Value;
                if (text.Contains(ThinkingToy.Close)) closed++;
                extended += report.Extensions;
                Assert.InRange(report.Extensions, 0, thinking is MoreThinkOptions more ? more.MaxExtensions : 0);
                if (!text.EndsWith("</s>")) continue;
                Assert.True(!text.StartsWith(ThinkingToy.Open) || text.Contains(ThinkingToy.Close), $"{text} ends inside its reasoning.");
            }

            Assert.InRange(closed, 20, 60);
            if (thinking is MoreThinkOptions) Assert.InRange(extended, 20, 1000);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Drafts_change_nothing_of_it(ThinkingOptions thinking)
    {
        foreach (var special in (bool[])[true, false])
        {
            using var toy = ThinkingToy.Marker(special);
            var accepted = 0;
            for (var seed = 0; seed < 30; seed++)
            {
                var sampling = new SamplingOptions { Seed = seed, TopP = seed % 3 == 0 ? .8f : null };
                var plain = toy.Write(toy.Plan(thinking, seed % 2 == 0, sampling));
                foreach (var speculation in (SpeculationOptions[])[new PromptLookupOptions { MinNgram = 1 }, new LookaheadOptions { Level = 2 }])
                {
                    Assert.Equal(plain, toy.Write(toy.Plan(thinking, seed % 2 == 0, sampling, options => options with { Speculation = speculation })));
                    accepted += toy.Last.Speculation.Accepted;
                }
            }

            Assert.True(accepted > 30);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_text_of_a_search_has_it(ThinkingOptions thinking)
    {
        using var toy = ThinkingToy.Marker(special: true);
        var services = new DecodingServices().Add<IReward>("length", new DelegateReward(text => text.Length));
        var search = new BestOfOptions { N = 6, Results = 6, Rewards = [new NamedRewardOptions { Reward = "length" }] };
        var results = toy.Run(toy.Plan(thinking, false, new SamplingOptions { Seed = 3 }, options => options with { Search = search }, services), 60);
        var alone = Enumerable.Range(0, 6).Select(index => toy.Write(toy.Plan(thinking, false, new SamplingOptions { Seed = new PositionNoise(3).Derive(index).Seed }), 60));
        Assert.Equal(alone.Order(StringComparer.Ordinal), results.Select(tokens => toy.Text(tokens)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Other_constraints_hold_behind_it_or_in_it_where_that_is_asked_for()
    {
        using var toy = ThinkingToy.Marker(special: true);
        DecodingOptions Constrain(DecodingOptions options) => options with { Constraints = [new PatternOptions { Pattern = "x{3}" }] };
        Assert.EndsWith("</think>\n\nxxx</s>", toy.Write(toy.Plan(new ZeroThinkOptions(), more: Constrain)));
        Assert.EndsWith("</think>xxx</s>", toy.Write(toy.Plan(new MoreThinkOptions { Cues = _cues, MaxExtensions = 1 }, isOpen: true, more: Constrain)).Replace("\n", ""));
        var error = Assert.Throws<NoTokenAllowedException>(() => toy.Write(toy.Plan(new ZeroThinkOptions(), more: options => Constrain(options) with { ConstrainReasoning = true })));
        Assert.Contains("zero-think", error.Message);
        Assert.Contains("regex", error.Message);
    }

    [Fact]
    public void What_cannot_be_is_refused_by_name()
    {
        using var toy = ThinkingToy.Hasty(special: true);
        void Refused(string expected, Func<DecodingPlan> plan) => Assert.Contains(expected, Assert.ThrowsAny<Exception>(() => plan().CreateState([0])).Message);
        Refused("AfterReasoning", () => DecodingPlan.Compile(new DecodingOptions { Thinking = new ZeroThinkOptions() }, toy.Vocabulary.Context));
        Refused("token-healing", () => toy.Plan(new ZeroThinkOptions(), more: options => options with { Constraints = [new TokenHealingOptions()] }));
        Refused("mark", () => toy.Plan(new LessThinkOptions { Sentence = "a</think>" }));
        Refused("no tokens", () => DecodingPlan.Compile(new DecodingOptions { Thinking = new LessThinkOptions { Sentence = "ü" } }, toy.Vocabulary.Context with { Encode = _ => [] }));
    }
}
