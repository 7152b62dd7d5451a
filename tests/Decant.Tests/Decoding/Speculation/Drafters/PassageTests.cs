using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Speculation;

public class PassageTests
{
    [Fact]
    public void Only_documents_are_copied_from()
    {
        // 1 2 is followed by 9 before the documents, by 3 in them and by 8 behind them.
        int[] prompt = [1, 2, 9, /* documents */ 1, 2, 3, 4, /* question */ 1, 2, 8, 1, 2];
        Assert.Equal(["3", "3 4"], Paths(new PassageOptions(), prompt, new TokenRange(3, 7)));
        Assert.Equal(["3"], Paths(new PassageOptions { MaxTokens = 1 }, prompt, new TokenRange(3, 7)));
        Assert.Equal(["3", "3 4"], Paths(new PassageOptions(), prompt, new TokenRange(3, 7), ends: [4]));
        Assert.Equal(["3"], Paths(new PassageOptions(), prompt, new TokenRange(3, 7), ends: [3]));
        Assert.Equal(["9"], Paths(new PassageOptions(), prompt, new TokenRange(0, 3)));
    }

    [Fact]
    public void The_longest_end_counts_and_must_have_enough_tokens()
    {
        int[] prompt = [1, 2, 3, 5, 2, 3, 6, 7, 1, 2, 3];
        Assert.Equal("5", Paths(new PassageOptions(), prompt, new TokenRange(0, 8))[0]);
        Assert.Equal([], Paths(new PassageOptions(), [1, 2, 3, 9, 2], new TokenRange(0, 3)));
        Assert.Equal(["3"], Paths(new PassageOptions { MinNgram = 1 }, [1, 2, 3, 9, 2], new TokenRange(0, 3)));
    }

    [Fact]
    public void An_end_of_the_documents_is_no_match_but_a_shorter_run_before_it_is()
        => Assert.Equal(["4", "4 1", "4 1 2", "4 1 2 3"], Paths(new PassageOptions(), [2, 3, 4, 1, 2, 3, 1, 2, 3], new TokenRange(0, 6)));

    [Fact]
    public void What_is_written_later_is_followed()
    {
        using var drafter = new OneDrafter(new PassageOptions(), [1, 2, 3, 4, 5, 9], documents: new TokenRange(0, 5));
        Assert.Equal([], drafter.Paths());
        drafter.Write(2, 3);
        Assert.Equal(["4", "4 5"], drafter.Paths());
    }

    [Fact]
    public void A_request_without_documents_is_refused_by_name()
    {
        var fault = Assert.Throws<ArgumentException>(() => Paths(new PassageOptions(), [1, 2], null));
        Assert.Contains("ContextTokens is not set, but \"passages\" needs", fault.Message);
        Assert.Throws<ArgumentException>(() => Paths(new FusedOptions { Primary = new PromptLookupOptions(), Secondary = new PassageOptions() }, [1, 2], null));
    }

    [Fact]
    public async Task A_chat_call_says_which_tokens_are_its_documents()
    {
        using var client = LocalChatClient.Load();
        var options = new ChatOptions { MaxOutputTokens = 40, Temperature = 0 }.WithDecoding(new PassageOptions());
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("Where does Mara live?", options));
        options = options.WithDocuments([new ChatDocument("Mara lives in a small house by the old mill.")]);
        Assert.NotEmpty((await client.GetResponseAsync("Where does Mara live?", options)).Text);
    }

    private static string[] Paths(SpeculationOptions options, int[] prompt, TokenRange? documents, int[]? ends = null)
    {
        using var drafter = new OneDrafter(options, prompt, documents: documents, ends: ends);
        return drafter.Paths();
    }
}
