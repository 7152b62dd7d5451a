using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Every drafter where calls are cut short, looked into or called off: all that a response says is what it says without speculation.</summary>
public sealed class SpeculationEdgeTests(SpeculationEdgeTests.Clients clients) : IClassFixture<SpeculationEdgeTests.Clients>
{
    private static readonly string[] _questions = ["Tell me a story about Sotasha.", "What is 58 + 67?", ""];

    private static readonly Dictionary<string, Action<ChatOptions>> _calls = new()
    {
        ["one token"] = options => options.MaxOutputTokens = 1,
        ["two tokens"] = options => options.MaxOutputTokens = 2,
        ["greedy with a seed"] = options => options.Temperature = 0,
        ["stops within words"] = options => options.StopSequences = [" the", "a s", "7"],
        ["top-k and penalties"] = options => (options.TopK, options.FrequencyPenalty, options.PresencePenalty) = (4, 0.5f, 0.3f),
    };

    public static TheoryData<string> Kinds => [.. SpeculationSamples.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Text_end_tokens_logprobs_and_trace_are_those_without_it(string kind)
    {
        foreach (var client in (LocalChatClient[])[clients.Wide, clients.Narrow])
        {
            foreach (var (name, change) in _calls)
            {
                foreach (var question in _questions)
                {
                    var plain = await AskAsync(client, question, null, change);
                    var drafted = await AskAsync(client, question, SpeculationSamples.Of(kind), change);
                    Assert.True(plain.Text == drafted.Text, $"{name}: \"{plain.Text}\" became \"{drafted.Text}\" ({question})");
                    Assert.Equal(plain.FinishReason, drafted.FinishReason);
                    Assert.Equal(plain.Usage!.OutputTokenCount, drafted.Usage!.OutputTokenCount);
                    Assert.Equal(plain.GetLogprobs().Select(token => (token.Id, token.LogProbability)), drafted.GetLogprobs().Select(token => (token.Id, token.LogProbability)));
                    var (expected, actual) = (plain.GetTrace()!, drafted.GetTrace()!);
                    Assert.Equal(expected.Finish, actual.Finish);
                    Assert.Equal(expected.Tokens.Select(token => (token.Id, token.Position, token.Stages)), actual.Tokens.Select(token => (token.Id, token.Position, token.Stages)));

                    var counter = ((GenerationStatistics)drafted.Messages[^1].AdditionalProperties![GenerationStatistics.PropertyName]!).Speculation!;
                    Assert.Equal(counter.Accepted, actual.Tokens.Count(token => token.Drafter is not null));
                    Assert.InRange(counter.Tokens, 0, (int)drafted.Usage.OutputTokenCount!);
                }
            }
        }
    }

    [Theory]
    [InlineData("draft-model")]
    [InlineData("gumbel-tree")]
    [InlineData("iid-sequences")]
    public async Task A_drafter_that_runs_into_a_dead_end_goes_on_drafting(string kind)
    {
        // The target thinks to the end of the call; a draft that would have answered finds that no answer is both.
        async Task<ChatResponse> Ask(SpeculationOptions? speculation)
        {
            var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 120, ResponseFormat = ChatResponseFormat.ForJsonSchema<string[]>() };
            return await clients.Wide.GetResponseAsync(_questions[0], options.WithDecoding(new DecodingOptions { Constraints = [new ChoiceOptions { Choices = ["yes"] }], Speculation = speculation }));
        }

        var (plain, drafted) = (await Ask(null), await Ask(SpeculationSamples.Of(kind)));
        Assert.NotEmpty(plain.Messages[0].Contents.OfType<TextReasoningContent>().Single().Text);
        Assert.Equal(plain.Messages[0].Contents.OfType<TextReasoningContent>().Single().Text, drafted.Messages[0].Contents.OfType<TextReasoningContent>().Single().Text);
        Assert.Empty(drafted.GetWarnings());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_budget_of_forwards_is_kept_and_the_text_is_a_beginning_of_the_whole(string kind)
    {
        var plain = await AskAsync(clients.Wide, _questions[0], null, _ => { });
        foreach (var most in (int[])[2, 5, 9, 14])
        {
            var response = await AskAsync(clients.Wide, _questions[0], SpeculationSamples.Of(kind), _ => { }, new BudgetOptions { MaxForwards = most });
            Assert.InRange(response.Usage!.AdditionalCounts!["ForwardPassCount"], 1, most);
            Assert.StartsWith(response.Text, plain.Text);
        }
    }

    [Fact]
    public async Task Callers_that_learn_together_and_are_called_off_get_what_each_would_get_alone()
    {
        var table = clients.Wide.GetRequiredService<DecodingServices>().GetOrAdd<TrigramTable>(TrigramTable.DefaultName(clients.Wide.GetRequiredService<ICausalModel>().Info), () => throw new InvalidOperationException("Nobody has used it yet."));
        var kinds = SpeculationSamples.Kinds.ToList();
        var expected = (await AskAsync(clients.Wide, _questions[0], null, _ => { })).Text;
        var path = Path.GetTempFileName();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 8; i++)
            {
                var options = Options(SpeculationSamples.Of(kinds[(caller + (3 * i)) % kinds.Count]), _ => { }, null);
                if (i % 2 == 0)
                {
                    Assert.Equal(expected, (await clients.Wide.GetResponseAsync(_questions[0], options)).Text);
                    table.Save($"{path}{caller}");
                    Assert.True(TrigramTable.Load($"{path}{caller}").Count > 0);
                    File.Delete($"{path}{caller}");
                    continue;
                }

                using var cancellation = new CancellationTokenSource();
                cancellation.CancelAfter(TimeSpan.FromMilliseconds(caller + i));
                if (await Record.ExceptionAsync(() => clients.Wide.GetResponseAsync(_questions[0], options, cancellation.Token)) is { } error) Assert.IsAssignableFrom<OperationCanceledException>(error);
            }
        })));
        Assert.Equal(expected, (await AskAsync(clients.Wide, _questions[0], null, _ => { })).Text);
    }

    private static Task<ChatResponse> AskAsync(LocalChatClient client, string question, SpeculationOptions? speculation, Action<ChatOptions> change, BudgetOptions? budget = null)
        => client.GetResponseAsync(question, Options(speculation, change, budget));

    private static ChatOptions Options(SpeculationOptions? speculation, Action<ChatOptions> change, BudgetOptions? budget)
    {
        var options = new ChatOptions { Temperature = 0.8f, Seed = 7, MaxOutputTokens = 40 }
            .WithDecoding(new DecodingOptions { Speculation = speculation, Logprobs = new() { Top = 2 }, Trace = true, Budget = budget })
            .WithDocuments([new("The product of Patutex is glass."), new("Patutex lies in Mizewick.")]);
        change(options);
        return options;
    }

    /// <summary>A client whose context is never full, and one whose is soon.</summary>
    public sealed class Clients : IDisposable
    {
        public LocalChatClient Wide { get; } = Load(null);

        public LocalChatClient Narrow { get; } = Load(64);

        public void Dispose()
        {
            Wide.Dispose();
            Narrow.Dispose();
        }

        private static LocalChatClient Load(int? context)
            => LocalChatClient.Load(options: new LocalChatClientOptions { Engine = ChatEngine.Cpu, Cpu = new() { ContextLength = context }, Services = SpeculationSamples.Services });
    }
}
