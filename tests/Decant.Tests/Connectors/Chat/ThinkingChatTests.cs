using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Samples.TrainTiny.Corpus.Families;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Thinking control on the embedded model, which writes sums out before it answers, and what efforts come to.</summary>
public sealed class ThinkingChatTests : IDisposable
{
    private const string Question = "What is 48 + 27?";
    private readonly LocalChatClient _client = LocalChatClient.Load();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Zero_gives_an_answer_without_reasoning()
    {
        var free = await AskAsync(null);
        Assert.Equal(Sums.Scratchpad(48, 27), Reasoning(free));
        Assert.Equal("The sum is 75.", free.Text);
        var zero = await AskAsync(new ZeroThinkOptions { Inside = "", Behind = "\n" });
        Assert.Equal("", Reasoning(zero));
        Assert.StartsWith("The sum is ", zero.Text);
        Assert.Equal((0, 1), (zero.Usage!.AdditionalCounts!["ThinkingExtensions"], zero.Usage.AdditionalCounts["ThinkingForcedCloses"]));

        // The very tokens that the template's own switch writes, so the same text.
        Assert.Equal((await AskAsync(null, ReasoningEffort.None)).Text, zero.Text);
    }

    [Fact]
    public async Task Less_thinks_what_it_is_told()
    {
        var less = await AskAsync(new LessThinkOptions { Sentence = "ones 8+7+0=15", Inside = "", Behind = "\n" });
        Assert.Equal("ones 8+7+0=15", Reasoning(less));
        Assert.StartsWith("The sum is ", less.Text);
    }

    [Fact]
    public async Task More_gives_longer_reasoning_and_drafts_change_nothing_of_it()
    {
        var free = await AskAsync(null);
        var more = new MoreThinkOptions { MaxExtensions = 2, Inside = "", Budget = 60 };
        var longer = await AskAsync(more);
        Assert.StartsWith(Sums.Scratchpad(48, 27) + "Wait", Reasoning(longer));
        Assert.True(longer.Usage!.ReasoningTokenCount > free.Usage!.ReasoningTokenCount);
        Assert.InRange(longer.Usage.AdditionalCounts!["ThinkingExtensions"], 1, 2);
        Assert.NotEmpty(longer.Text);
        foreach (var speculation in (SpeculationOptions[])[new PromptLookupOptions { MinNgram = 1 }, new DraftModelOptions { Model = "decant-tiny-draft" }])
        {
            var drafted = await AskAsync(more, speculation: speculation);
            Assert.Equal((longer.Text, Reasoning(longer)), (drafted.Text, Reasoning(drafted)));
            Assert.True(drafted.Usage!.AdditionalCounts!["AcceptedDraftTokens"] > 0);
        }
    }

    [Fact]
    public async Task A_budget_cuts_reasoning_short()
    {
        var cut = await AskAsync(new ThinkBudgetOptions { Max = 6, Inside = "", Behind = "\n" });
        Assert.StartsWith(Reasoning(cut), Sums.Scratchpad(48, 27));
        Assert.InRange(Reasoning(cut).Length, 1, Sums.Scratchpad(48, 27).Length - 1);
        Assert.StartsWith("The sum is ", cut.Text);
        Assert.Equal(1, cut.Usage!.AdditionalCounts!["ThinkingForcedCloses"]);

        // A text that needs no reasoning has none.
        Assert.Equal("Hello! What do you want to know?", (await _client.GetResponseAsync("Hello!", new ChatOptions { Temperature = 0 }.WithDecoding(d => d.Think(new ThinkBudgetOptions { Max = 6 })))).Text);
    }

    [Fact]
    public async Task Efforts_make_the_reasoning_shorter_and_longer()
    {
        var (free, high) = (await AskAsync(null, ReasoningEffort.Medium), await AskAsync(null, ReasoningEffort.High));
        Assert.Equal(Sums.Scratchpad(48, 27), Reasoning(free));
        Assert.False(free.Usage!.AdditionalCounts!.ContainsKey("ThinkingExtensions"));
        Assert.True(high.Usage!.AdditionalCounts!["ThinkingExtensions"] > 0);
        Assert.Contains("Wait", Reasoning(high));
        Assert.Equal("", Reasoning(await AskAsync(new ZeroThinkOptions(), ReasoningEffort.High)));
        Assert.Equal(Sums.Scratchpad(48, 27), Reasoning(await AskAsync(new ThinkBudgetOptions(), ReasoningEffort.None)));
    }

    private const string Marks = "<think>{# </think> #}";

    [Theory]
    [InlineData(Marks, ReasoningEffort.None, "zero-think")]
    [InlineData(Marks, ReasoningEffort.Low, "think-budget")]
    [InlineData(Marks, ReasoningEffort.Medium, "less-think")]
    [InlineData(Marks, ReasoningEffort.High, "more-think")]
    [InlineData(Marks, ReasoningEffort.ExtraHigh, "more-think")]
    [InlineData(Marks, null, "less-think")]
    [InlineData(Marks + "enable_thinking", ReasoningEffort.None, null)]
    [InlineData(Marks + "reasoning_effort", ReasoningEffort.High, "less-think")]
    public void An_effort_is_a_way_of_thinking_where_the_template_does_not_do_it(string template, ReasoningEffort? effort, string? expected)
    {
        var mapped = ThinkingMapper.Map(effort, null, new LessThinkOptions(), hasAnswerPrefix: false, ChatTemplate.Parse(template), new PlanContext());
        Assert.Equal(expected, mapped?.Kind);
        if (mapped is MoreThinkOptions more) Assert.Equal(effort == ReasoningEffort.High ? 2 : 10, more.MaxExtensions);
        Assert.Equal("zero-think", ThinkingMapper.Map(effort, new ZeroThinkOptions(), new LessThinkOptions(), hasAnswerPrefix: false, ChatTemplate.Parse(template), new PlanContext())!.Kind);
        Assert.Null(ThinkingMapper.Map(effort, null, new LessThinkOptions(), hasAnswerPrefix: true, ChatTemplate.Parse(template), new PlanContext()));
    }

    [Fact]
    public async Task A_model_without_marks_and_an_answer_that_has_begun_refuse_it_by_name()
    {
        var begun = new ChatOptions { Temperature = 0 }.WithDecoding(d => d.Think(new MoreThinkOptions()));
        begun.RawRepresentationFactory = _ => new LocalGenerationOptions { AnswerPrefix = [5] };
        Assert.Contains("more-think", (await Assert.ThrowsAsync<ArgumentException>(() => _client.GetResponseAsync(Question, begun))).Message);
        var context = new PlanContext { Vocabulary = TestVocabulary.Standard };
        Assert.Contains("more-think", Assert.Throws<ArgumentException>(() => ThinkingMapper.Map(null, new MoreThinkOptions(), null, false, ChatTemplate.Plain, context)).Message);
        Assert.Null(ThinkingMapper.Map(ReasoningEffort.High, null, null, false, ChatTemplate.Plain, context));
    }

    [Fact]
    public async Task Reasoning_that_the_template_has_opened_is_controlled_from_there()
    {
        using var client = new LocalChatClient(TestChat.Scripted("--ab</think>c"), TestChat.Tokenizer, ChatTemplate.Parse("{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}<|assistant|><think>\n{# </think> #}"));
        async Task<(string, string)> Ask(ThinkingOptions? thinking)
        {
            var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 40 };
            var response = await client.GetResponseAsync("Hi", thinking is null ? options : options.WithDecoding(d => d.Think(thinking)));
            return (Reasoning(response), response.Text);
        }

        Assert.Equal(("ab", "c"), await Ask(null));
        Assert.Equal("", (await Ask(new ZeroThinkOptions())).Item1);
        Assert.Equal("a", (await Ask(new ThinkBudgetOptions { Max = 1, Inside = "" })).Item1);
        Assert.StartsWith("abW", (await Ask(new MoreThinkOptions { Cues = ["Wait"], MaxExtensions = 1 })).Item1);
    }

    private async Task<ChatResponse> AskAsync(ThinkingOptions? thinking, ReasoningEffort? effort = null, SpeculationOptions? speculation = null)
    {
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 200, Reasoning = effort is null ? null : new ReasoningOptions { Effort = effort } };
        return await _client.GetResponseAsync(Question, options.WithDecoding(new DecodingOptions { Thinking = thinking, Speculation = speculation }));
    }

    private static string Reasoning(ChatResponse response) => string.Concat(response.Messages[0].Contents.OfType<TextReasoningContent>().Select(content => content.Text));
}
