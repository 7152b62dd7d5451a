using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Decant.Tests.Hosting;

/// <summary>What decoding options name, registered by what it is.</summary>
public class NamedServiceTests
{
    private static readonly ChatOptions _greedy = new() { Temperature = 0, MaxOutputTokens = 20 };

    [Fact]
    public async Task A_reward_chooses_the_answer()
    {
        var services = new ServiceCollection();
        services.AddLocalChatClient(EmbeddedModels.Tiny);
        services.AddReward("shortest", _ => new Length(-1));
        services.AddReward("longest", _ => new Length(1));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        var lengths = new List<int>();
        foreach (var reward in (string[])["shortest", "longest"])
        {
            var options = new ChatOptions { Temperature = 1, Seed = 1, MaxOutputTokens = 40 }.WithDecoding(new BestOfOptions { N = 4, Rewards = [new NamedRewardOptions { Reward = reward }] });
            lengths.Add((await client.GetResponseAsync("Tell me a story about Savisha.", options)).Text.Length);
        }

        Assert.True(lengths[0] < lengths[1], $"{lengths[0]} and {lengths[1]} characters");
    }

    [Fact]
    public async Task A_processor_changes_the_answer()
    {
        var services = new ServiceCollection();
        services.AddLocalChatClient(EmbeddedModels.Tiny);
        services.AddProcessor("only", context => new Only(context.Vocabulary!.EndOfTurn[0]));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        Assert.NotEmpty((await client.GetResponseAsync("Hello!", _greedy)).Text);
        Assert.Empty((await client.GetResponseAsync("Hello!", _greedy.Clone().WithDecoding(new CustomProcessorOptions { Name = "only" }))).Text);
    }

    [Fact]
    public async Task A_store_of_texts_is_drafted_from()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var plain = LocalChatClient.Load(EmbeddedModels.Tiny))
            {
                var tokenizer = plain.GetService<TextTokenizer>()!;
                var builder = new RetrievalStoreBuilder(VocabularyId.Of(tokenizer));
                builder.Add(tokenizer.Encode((await plain.GetResponseAsync("Where does Savisha live?", _greedy)).Text + "<|im_end|>", addSpecialTokens: false));
                builder.Write(path);
            }

            var services = new ServiceCollection();
            services.AddLocalChatClient(EmbeddedModels.Tiny);
            services.AddDraftStore("answers", path);
            await using var provider = services.BuildServiceProvider();
            var response = await provider.GetRequiredService<IChatClient>().GetResponseAsync("Where does Savisha live?", _greedy.Clone().WithDecoding(new DecodingOptions { Speculation = new RetrievalOptions { Store = "answers" } }));
            Assert.True(response.Usage!.AdditionalCounts!["AcceptedDraftTokens"] > 0);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Arguments_are_checked()
    {
        var services = new ServiceCollection();
        Assert.Throws<ArgumentException>("name", () => services.AddReward("", _ => new Length(1)));
        Assert.Throws<ArgumentNullException>("create", () => services.AddReward("a", null!));
        Assert.Throws<ArgumentNullException>("create", () => services.AddProcessor("a", null!));
        Assert.Throws<ArgumentException>("path", () => services.AddDraftStore("a", ""));
    }

    private sealed class Length(int sign) : IReward
    {
        public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
            => new([.. candidates.Select(candidate => (double)(sign * candidate.Text.Length))]);
    }

    /// <summary>Wants one token and no other.</summary>
    private sealed class Only(int token) : ILogitProcessor
    {
        public void Apply(GenerationState state, Span<float> logits) => logits[token] += 1000;

        public void Commit(int token)
        {
        }

        public void Rollback(int tokenCount)
        {
        }

        public IRowProcessor Fork() => this;
    }
}
