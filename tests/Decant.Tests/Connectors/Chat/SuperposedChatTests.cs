using Decant.Connectors.Chat;
using Decant.Connectors.Text;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>A search that gives several results, as a caller of the chat client sees it.</summary>
public sealed class SuperposedChatTests : IDisposable
{
    private const string Question = "Tell me a story about Savisha.";
    private readonly LocalChatClient _client = LocalChatClient.Load(options: new LocalChatClientOptions { Engine = ChatEngine.Cpu });

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Every_draft_is_a_message_and_the_best_comes_first()
    {
        var updates = await _client.GetStreamingResponseAsync(Question, Options()).ToListAsync();
        Assert.All(updates, update => Assert.NotNull(update.MessageId));
        Assert.Equal(3, updates.Select(update => update.MessageId).Distinct().Count());
        Assert.Single(updates.SelectMany(update => update.Contents).OfType<UsageContent>());
        Assert.Equal(ChatFinishReason.Length, updates[^1].FinishReason);
        Assert.All(updates[..^1], update => Assert.Null(update.FinishReason));

        var response = await _client.GetResponseAsync(Question, Options());
        Assert.Equal(updates.ToChatResponse().Messages.Select(message => message.Text), response.Messages.Select(message => message.Text));
        Assert.Equal(3, response.Messages.Select(message => message.Text).Distinct().Count());
        var scores = response.Messages.Select(message => message.GetScore()!.Value).ToList();
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.Equal((30, 10), (response.Usage!.OutputTokenCount, response.Usage.AdditionalCounts!["ForwardPassCount"]));
        Assert.Equal(response.Usage.TotalTokenCount, response.Usage.InputTokenCount + 30);
        Assert.Null((await _client.GetResponseAsync(Question, new ChatOptions { MaxOutputTokens = 3 })).Messages[0].GetScore());
    }

    [Fact]
    public async Task One_draft_is_the_greedy_answer_word_for_word()
    {
        foreach (var question in (string[])[Question, "What is 58 + 67?", "Where does Sotasha live?"])
        {
            var greedy = await _client.GetResponseAsync(question, new ChatOptions { Temperature = 0, MaxOutputTokens = 40 });
            var draft = await _client.GetResponseAsync(question, new ChatOptions { Temperature = 0 }.WithDecoding(new DecodingOptions { Search = new SuperposedDraftsOptions { Drafts = 1, MaxTokens = 40 } }));
            Assert.Equal((greedy.Text, greedy.FinishReason), (draft.Text, draft.FinishReason));
        }
    }

    [Fact]
    public async Task A_stop_sequence_cuts_the_drafts_that_have_it()
    {
        var whole = await _client.GetResponseAsync(Question, Options());
        var texts = whole.Messages.Select(message => message.Text).ToList();
        var fewest = 30L;
        foreach (var stop in texts.SelectMany(text => text.Split(' ')).Distinct().Where(word => word.Length > 2))
        {
            var options = Options();
            options.StopSequences = [stop];
            var response = await _client.GetResponseAsync(Question, options);
            Assert.Equal(texts.Select(text => text.Split(stop)[0]), response.Messages.Select(message => message.Text));
            Assert.Equal(whole.Messages.Select(message => message.GetScore()), response.Messages.Select(message => message.GetScore()));
            Assert.Equal(texts[0].Contains(stop) ? ChatFinishReason.Stop : ChatFinishReason.Length, response.FinishReason);
            fewest = Math.Min(fewest, response.Usage!.OutputTokenCount!.Value);
        }

        // A word that all drafts begin with leaves few of their thirty tokens.
        Assert.InRange(fewest, 3, 15);
    }

    [Fact]
    public async Task Log_probabilities_and_trace_belong_to_their_drafts()
    {
        var options = Options();
        options.WithDecoding(options.GetDecoding()! with { Trace = true, Logprobs = new LogprobOptions() });
        var response = await _client.GetResponseAsync(Question, options);
        foreach (var message in response.Messages)
        {
            var logprobs = (IReadOnlyList<TokenLogprob>)message.AdditionalProperties![DecodingResponseExtensions.LogprobsKey]!;
            Assert.Equal(message.Text, System.Text.Encoding.UTF8.GetString([.. logprobs.SelectMany(logprob => logprob.Bytes).Select(value => (byte)value)]));
        }

        Assert.Equal(Enumerable.Range(0, 30).Select(i => i / 10), response.GetTrace()!.Tokens.Select(token => token.Result));
    }

    [Fact]
    public async Task Each_message_has_its_own_label_detections()
    {
        var guard = new LabelGuardOptions { Labels = ["a", "e"], Mode = LabelGuardMode.Detect, Threshold = 1e-4 };
        var options = new ChatOptions { Temperature = 1 }.WithDecoding(new DecodingOptions { Search = new SuperposedDraftsOptions { Temperature = 0.5 }, Constraints = [guard] });
        var response = await _client.GetResponseAsync(Question, options);
        for (var result = 0; result < 3; result++)
        {
            var detections = response.Messages[result].GetLabelDetections();
            Assert.True(detections.Count > 1);
            Assert.Equal(detections.Select(detection => detection.Index).Distinct().Order(), detections.Select(detection => detection.Index));
            Assert.All(detections, detection => Assert.Equal(result, detection.Result));
        }

        // All begin where one row is common to them.
        Assert.Single(response.Messages.Select(message => message.GetLabelDetections()[0].Probability).Distinct());
        Assert.Equal(response.Messages[2].GetLabelDetections(), response.GetLabelDetections());
    }

    [Fact]
    public async Task What_a_draft_reads_is_not_found_again_by_the_next_call()
    {
        using var fresh = LocalChatClient.Load(options: new LocalChatClientOptions { Engine = ChatEngine.Cpu, PrefixCacheSequences = 0 });
        var drafts = await _client.GetResponseAsync(Question, Options());
        List<ChatMessage> talk = [new(ChatRole.User, Question), drafts.Messages[0], new(ChatRole.User, "What is 58 + 67?")];
        var options = new ChatOptions { Temperature = 0.8f, Seed = 3, MaxOutputTokens = 40 };
        var next = await _client.GetResponseAsync(talk, options);
        Assert.Equal((await fresh.GetResponseAsync(talk, options)).Text, next.Text);
        Assert.True(next.Usage!.CachedInputTokenCount > 0);
    }

    [Fact]
    public async Task A_call_that_is_stopped_ends_and_the_next_is_whole()
    {
        var expected = await _client.GetResponseAsync(Question, Options());
        await foreach (var _ in _client.GetStreamingResponseAsync(Question, Options())) break;
        using var cancellation = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _client.GetStreamingResponseAsync(Question, Options(), cancellation.Token)) cancellation.Cancel();
        });
        Assert.Equal(expected.Messages.Select(message => message.Text), (await _client.GetResponseAsync(Question, Options())).Messages.Select(message => message.Text));
    }

    private static ChatOptions Options() => new ChatOptions { Temperature = 1 }.WithDecoding(new DecodingOptions { Search = new SuperposedDraftsOptions { Temperature = 0.5 } });
}
