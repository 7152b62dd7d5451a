using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Search.Consensus;

/// <summary>Votes in a chat with decant-tiny, which reasons about sums before it answers.</summary>
public class ConsensusChatTests
{
    [Fact]
    public async Task Answers_are_compared_without_their_reasoning()
    {
        using var client = LocalChatClient.Load(EmbeddedModels.Tiny, new LocalChatClientOptions { Engine = ChatEngine.Cpu });
        foreach (var search in (SearchOptions[])[new SelfConsistencyOptions { N = 4 }, new MbrOptions { N = 4, Utility = MbrUtility.Exact }])
        {
            var response = await client.GetResponseAsync("What is 27 + 48?", new ChatOptions { Temperature = 0.7f, Seed = 1 }.WithDecoding(d => d.Search(search)));
            Assert.Equal("The sum is 75.", response.Text);
            Assert.InRange(response.Messages[^1].GetScore()!.Value, 0.5, 1);
        }
    }
}
