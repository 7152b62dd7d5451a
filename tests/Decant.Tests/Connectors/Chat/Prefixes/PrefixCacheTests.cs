using Decant.Connectors.Chat;
using Decant.Decoding;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

public class PrefixCacheTests
{
    [Theory]
    [InlineData(ModelCapabilities.Fork)]
    [InlineData(ModelCapabilities.None)]
    public async Task Conversations_are_the_same_with_and_without(ModelCapabilities capabilities)
    {
        var (withModel, withoutModel) = (TestChat.Babbler(capabilities: capabilities), TestChat.Babbler());
        using var with = TestChat.Client(withModel, new LocalChatClientOptions { PrefixCacheSequences = 3 });
        using var without = TestChat.Client(withoutModel, new LocalChatClientOptions { PrefixCacheSequences = 0 });
        var random = new Random(4);
        var conversations = Enumerable.Range(0, 4).Select(_ => new List<ChatMessage> { new(ChatRole.System, "All begin alike.") }).ToArray();
        for (var turn = 0; turn < 40; turn++)
        {
            var conversation = conversations[random.Next(4)];
            conversation.Add(new ChatMessage(ChatRole.User, $"Turn {random.Next(3)}"));
            var options = new ChatOptions { Seed = turn, MaxOutputTokens = random.Next(1, 12) };
            var cached = await with.GetResponseAsync(conversation, options);
            var fresh = await without.GetResponseAsync(conversation, options);
            Assert.Equal(fresh.Text, cached.Text);
            Assert.Equal(0, fresh.Usage!.CachedInputTokenCount);
            conversation.AddMessages(cached);
            if (random.Next(5) == 0) conversation.RemoveRange(1, conversation.Count - 1);
        }

        Assert.True(withModel.Rows < withoutModel.Rows);
        Assert.InRange(withModel.OpenSequences, 1, 3);
        Assert.Equal(0, withoutModel.OpenSequences);
    }

    [Fact]
    public async Task The_next_turn_runs_only_what_is_new()
    {
        var model = TestChat.Scripted("Hello");
        using var client = TestChat.Client(model);
        List<ChatMessage> history = [new(ChatRole.User, "Hi")];
        history.AddMessages(await client.GetResponseAsync(history));
        history.Add(new ChatMessage(ChatRole.User, "More"));
        var second = await client.GetResponseAsync(history);

        // The first prompt and its answer, without the end token that was drawn but never run.
        Assert.Equal("<|user|>Hi<|end|><|assistant|>Hello", TestChat.Tokenizer.Decode(TestChat.Encode("<|user|>Hi<|end|><|assistant|>Hello"), skipSpecialTokens: false));
        Assert.Equal(TestChat.Encode("<|user|>Hi<|end|><|assistant|>Hello").Length, second.Usage!.CachedInputTokenCount);
    }

    [Fact]
    public void A_prompt_that_is_cached_whole_runs_its_last_token_again()
    {
        using var model = TestChat.Babbler();
        using var cache = new PrefixCache(model, 2, 100);
        Fill(cache, 1, 2, 3);
        Assert.Equal(2, RentAndDrop(cache, 1, 2, 3));
    }

    [Fact]
    public void The_longest_beginning_is_found_and_others_are_kept()
    {
        using var model = TestChat.Babbler();
        using var cache = new PrefixCache(model, 4, 100);
        Fill(cache, 1, 2, 3, 4, 5);
        Fill(cache, 1, 2, 9, 9, 9);
        Assert.Equal(2, RentAndDrop(cache, 1, 2, 8));
        Assert.Equal(4, RentAndDrop(cache, 1, 2, 3, 4, 7));
        Assert.Equal(3, RentAndDrop(cache, 1, 2, 9, 8));
        Assert.Equal(0, RentAndDrop(cache, 7, 2, 9));
    }

    [Fact]
    public void The_least_recently_used_goes_first()
    {
        using var model = TestChat.Babbler();
        using var cache = new PrefixCache(model, 2, 100);
        Fill(cache, 1, 1, 1);
        Fill(cache, 2, 2, 2);
        RentAndDrop(cache, 1, 5);
        Fill(cache, 3, 3, 3);
        Assert.Equal(2, model.OpenSequences);
        Assert.Equal(0, RentAndDrop(cache, 2, 2, 2));
        Assert.Equal(2, RentAndDrop(cache, 3, 3, 3));
    }

    [Fact]
    public void The_number_of_tokens_is_bounded()
    {
        using var model = TestChat.Babbler();
        using var cache = new PrefixCache(model, 10, 5);
        Fill(cache, 1, 1, 1);
        Fill(cache, 2, 2, 2);
        Assert.Equal(1, model.OpenSequences);
        Fill(cache, 3, 3, 3, 3, 3, 3);
        Assert.Equal((5, 1), (cache.Tokens, model.OpenSequences));
    }

    [Fact]
    public void What_a_longer_entry_covers_is_not_kept_twice()
    {
        using var model = TestChat.Babbler();
        using var cache = new PrefixCache(model, 10, 100);
        Fill(cache, 1, 2);
        Fill(cache, 1, 2, 3);
        Fill(cache, 1, 2);
        Assert.Equal(1, model.OpenSequences);
    }

    [Fact]
    public void A_beginning_that_several_share_counts_once_and_ends_go_first()
    {
        using var model = TestChat.Babbler();
        using var cache = new PrefixCache(model, 10, 9);
        Fill(cache, 1, 2, 3, 4, 5);
        Fill(cache, 1, 2, 3, 6, 7);
        Assert.Equal(7, cache.Tokens);
        Fill(cache, 1, 2, 3, 8, 9);
        Assert.Equal(9, cache.Tokens);
        Fill(cache, 1, 2, 3, 8, 8);
        Assert.Equal(8, cache.Tokens);
        Assert.Equal(3, RentAndDrop(cache, 1, 2, 3, 4, 5));
        while (cache.Tokens > 3) Assert.True(cache.TryEvict());
        Assert.Equal(3, RentAndDrop(cache, 1, 2, 3, 8, 8));
        Assert.True(cache.TryEvict());
        Assert.False(cache.TryEvict());
        Assert.Equal((0, 0), (cache.Tokens, model.OpenSequences));
    }

    // Against a list of all that was kept, without limits.
    [Fact]
    public void It_finds_what_a_list_finds()
    {
        using var model = TestChat.Babbler();
        using var cache = new PrefixCache(model, 1000, 100_000);
        var (random, kept) = (new Random(8), new List<int[]>());
        for (var i = 0; i < 300; i++)
        {
            int[] prompt = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(1, 4))];
            Assert.Equal(kept.Select(other => prompt.AsSpan()[..^1].CommonPrefixLength(other)).DefaultIfEmpty().Max(), RentAndDrop(cache, prompt));
            Fill(cache, prompt);
            kept.Add(prompt);
        }

        Assert.Equal(kept.SelectMany(prompt => Enumerable.Range(1, prompt.Length).Select(length => string.Join(' ', prompt[..length]))).Distinct().Count(), cache.Tokens);
    }

    [Fact]
    public void A_text_that_grows_token_by_token_stays_quick_to_find()
    {
        using var model = TestChat.Babbler();
        using var cache = new PrefixCache(model, 10, 100_000);
        for (var length = 1; length < 200; length++) Fill(cache, [.. Enumerable.Range(1, length)]);
        Assert.Equal((199, 1), (cache.Tokens, model.OpenSequences));
        Assert.Equal(198, RentAndDrop(cache, [.. Enumerable.Range(1, 199)]));
        while (cache.TryEvict()) Assert.Equal(cache.Tokens > 0 ? 1 : 0, model.OpenSequences);
    }

    [Fact]
    public async Task A_prompt_is_of_use_to_others_while_its_answer_is_written()
    {
        var model = TestChat.Babbler();
        using var client = TestChat.Client(model);
        var text = string.Concat(Enumerable.Repeat("All begin alike. ", 12));
        await using var first = client.GetStreamingResponseAsync(text + "One", new ChatOptions { Seed = 1 }).GetAsyncEnumerator();
        Assert.True(await first.MoveNextAsync());
        var second = await client.GetResponseAsync(text + "Two", new ChatOptions { Seed = 1 });
        Assert.Equal(192, second.Usage!.CachedInputTokenCount);
        using var alone = TestChat.Client(TestChat.Babbler());
        Assert.Equal((await alone.GetResponseAsync(text + "Two", new ChatOptions { Seed = 1 })).Text, second.Text);
    }

    private static void Fill(PrefixCache cache, params int[] tokens)
    {
        var sequence = cache.Rent(tokens);
        sequence.ForwardAsync(new ForwardInput(tokens.AsMemory(sequence.Length))).AsTask().GetAwaiter().GetResult().Dispose();
        cache.Return(sequence, [.. tokens]);
    }

    private static int RentAndDrop(PrefixCache cache, params int[] prompt)
    {
        using var sequence = cache.Rent(prompt);
        return sequence.Length;
    }
}
