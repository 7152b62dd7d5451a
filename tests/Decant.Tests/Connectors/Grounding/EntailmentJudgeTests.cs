using Decant.Connectors.Grounding;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Grounding;

public class EntailmentJudgeTests
{
    [Theory]
    [InlineData("The answer: 7!", "the answer 7", true)]
    [InlineData("Straße", "strasse", false)]
    [InlineData("7", "17", false)]
    public async Task Normalised_texts_match_by_their_words(string premise, string hypothesis, bool expected)
        => Assert.Equal(expected, await new NormalizedMatch().EntailsAsync("", premise, hypothesis));

    [Theory]
    [InlineData(0.8, "Silk comes from there.", false)]
    [InlineData(0.5, "Silk comes from there.", false)]
    [InlineData(0.25, "Silk comes from there.", true)]
    [InlineData(1, "The product is silk.", true)]
    public async Task Overlap_counts_the_hypothesis_words(double share, string hypothesis, bool expected)
        => Assert.Equal(expected, await new WordOverlap(share).EntailsAsync("", "The product of Patutex is silk.", hypothesis));

    [Theory]
    [InlineData("Yes.", true)]
    [InlineData("no", false)]
    public async Task A_chat_model_is_asked(string said, bool expected)
    {
        using var client = TestChat.Client(TestChat.Scripted(said));
        Assert.Equal(expected, await new ChatEntailmentJudge(client).EntailsAsync("What?", "It is red.", "It has a colour."));
    }

    [Fact]
    public async Task A_chat_model_that_evades_is_no_judge()
    {
        using var client = TestChat.Client(TestChat.Scripted("perhaps"));
        Assert.Contains("perhaps", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await new ChatEntailmentJudge(client).EntailsAsync("", "a", "b"))).Message);
    }

    [Theory]
    [InlineData(0.9, false)]
    [InlineData(0.5, true)]
    public async Task Embeddings_are_compared_by_their_cosine(double threshold, bool expected)
    {
        using var generator = new Angles();
        Assert.Equal(expected, await new EmbeddingSimilarity(generator, threshold).EntailsAsync("", "0", "0.7853981"));
    }

    [Fact]
    public void Judges_that_measure_a_likeness_say_so()
    {
        using var generator = new Angles();
        Assert.True(new EmbeddingSimilarity(generator).IsApproximate && new WordOverlap().IsApproximate);
        Assert.False(new NormalizedMatch().IsApproximate);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WordOverlap(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmbeddingSimilarity(generator, 2));
    }

    // A text is an angle in radians.
    private sealed class Angles : IEmbeddingGenerator<string, Embedding<float>>
    {
        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
            => Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(value =>
            {
                var angle = float.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                return new Embedding<float>(new[] { MathF.Cos(angle), MathF.Sin(angle) });
            })));

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
