namespace Decant.Tests.Decoding.Search.Guided;

/// <summary>Texts that are written on piece by piece, with drafts.</summary>
public class SpeculativeRolloutsTests
{
    [Theory]
    [InlineData("segment-rerank")]
    [InlineData("deal")]
    [InlineData("mcts")]
    public void A_full_context_ends_a_text_where_a_piece_ends_too(string kind)
    {
        for (var contextLength = 1; contextLength < 10; contextLength++)
        {
            using var toy = new GuidedToy(3, contextLength);
            ValueList<RewardOptions> rewards = [toy.Toy.Reward(toy.Reward)];
            SearchOptions search = kind switch
            {
                "deal" => new DealOptions { Rewards = rewards, Lookahead = 1, BlockTokens = 2 },
                "mcts" => new MctsOptions { Rewards = rewards, Simulations = 20 },
                _ => new SegmentRerankOptions { Rewards = rewards, Samples = 3, SegmentTokens = 2 },
            };
            var options = new DecodingOptions { Search = search, Sampling = new SamplingOptions { Seed = 3 } };
            var expected = toy.Toy.Run(toy.Toy.Plan(options));
            Assert.Equal(expected, toy.Toy.Run(toy.Toy.Plan(options with { Speculation = new PromptLookupOptions { MinNgram = 1 } })));
        }
    }
}
