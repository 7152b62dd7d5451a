using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Decant.Connectors.Rewards;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Rewards;

public class EntailmentRewardTests
{
    private static readonly ChatRewardContext _context = new([new(ChatRole.User, "Where?")]) { Documents = [new ChatDocument("Ada lives in Rome."), new ChatDocument("Bo lives in Oslo.")] };

    [Theory]
    [InlineData("Ada lives in Rome. Bo lives in Oslo.", 1, 1)]
    [InlineData("Ada lives in Rome. Bo lives in Paris.", .5, 0)]
    [InlineData("Ada lives in Oslo.", 0, 0)]
    [InlineData("", 0, 0)]
    public async Task Sentences_follow_from_one_document_or_not(string text, double share, double all)
    {
        foreach (var (reward, expected) in new[] { (new EntailmentReward(new NormalizedMatch()), share), (new EntailmentReward(new NormalizedMatch(), all: true), all) })
            Assert.Equal(expected, (await reward.ScoreAsync(_context, [new RewardCandidate(text)], default))[0]);
    }

    [Fact]
    public async Task A_call_without_documents_is_a_fault()
        => Assert.Contains("WithDocuments", (await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await new EntailmentReward(new NormalizedMatch()).ScoreAsync(new RewardContext("Where?"), [new RewardCandidate("Here.")], default))).Message);
}
