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
        Assert.Equal(0, model.OpenSequences);
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

    private static void Fill(PrefixCache cache, params int[] tokens)
    {
        var sequence = cache.Rent(tokens);
        sequence.ForwardAsync(new ForwardInput(tokens.AsMemory(sequence.Length))).AsTask().GetAwaiter().GetResult().Dispose();
        cache.Return(sequence, [.. tokens], tokens.Length);
    }

    private static int RentAndDrop(PrefixCache cache, params int[] prompt)
    {
        using var sequence = cache.Rent(prompt);
        return sequence.Length;
    }
}
