using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Grounding;

public class CitationAttributionTests
{
    private static readonly ChatMessage[] _question = [new(ChatRole.User, "Who?")];

    [Fact]
    public void A_score_is_what_the_sentence_loses_without_the_passage()
    {
        var sentence = CitationAttribution.Compare("It is silk.", -2, [-5, -2.1]);
        Assert.Equal([3.0, 0.1], sentence.Scores, (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(0, sentence.Source);
        Assert.Equal(3, sentence.Score, 1e-9);
    }

    [Fact]
    public async Task Each_sentence_is_attributed_to_the_passage_that_makes_it_likely()
    {
        var model = Model();
        AttributedAnswer answer;
        using (var client = TextModel.Client(model)) answer = await new CitationAttribution(client).AttributeAsync(_question, "a. b. c.", Options());
        Assert.Equal((0, 0), (model.OpenSequences, model.OpenResults));

        // A letter that a passage has is 8 times as likely as without; c is in none.
        Assert.Equal("a. [1] b. [2] c.", answer.Text);
        Assert.Equal([Math.Log(8), 0, 0], answer.Sentences[0].Scores, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal([0, Math.Log(8), 0], answer.Sentences[1].Scores, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal([true, true, false], answer.Sentences.Select(sentence => sentence.IsSupported));
        Assert.Equal(Math.Log(0.8), answer.Sentences[1].LogProbability, 1e-5);
    }

    [Fact]
    public async Task Options_change_what_counts()
    {
        using var client = TextModel.Client(Model());
        async Task<AttributedAnswer> Attribute(AttributionOptions options, IEntailmentJudge? verifier = null)
            => await new CitationAttribution(client, options, verifier).AttributeAsync(_question, "a. c.", Options());

        Assert.Equal("a. [1]", (await Attribute(new() { DropUnsupported = true })).Text);
        Assert.Equal("a. c.", (await Attribute(new() { Threshold = 3 })).Text);
        // The last sentence has two tokens; the one before owns the space behind it as well.
        Assert.Equal(Math.Log(8) / 3, (await Attribute(new() { PerToken = true })).Sentences[0].Score, 1e-5);
        Assert.Equal("a. [1] c.", (await Attribute(new(), new WordOverlap())).Text);
        Assert.Equal("a. c.", (await Attribute(new(), new NormalizedMatch())).Text);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CitationAttribution(client, new() { Threshold = double.NaN }));
    }

    [Fact]
    public async Task Without_documents_there_is_nothing_to_attribute_to()
    {
        using var client = TextModel.Client(Model());
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => new CitationAttribution(client).AttributeAsync(_question, "a.", new ChatOptions()));
        Assert.Contains("WithDocuments", exception.Message);
    }

    [Fact]
    public async Task The_verifier_chooses_among_the_passages_that_reach_the_threshold()
    {
        using var client = TextModel.Client(Model());
        async Task<AttributedSentence> Attribute(double threshold)
            => (await new CitationAttribution(client, new() { Threshold = threshold }, new Believer("b")).AttributeAsync(_question, "a.", Options())).Sentences[0];

        Assert.Equal((1, true), (await Attribute(-1)) is var chosen ? (chosen.Source, chosen.IsSupported) : default);
        Assert.Equal((0, false), (await Attribute(1)) is var best ? (best.Source, best.IsSupported) : default);
    }

    private sealed class Believer(string passage) : IEntailmentJudge
    {
        public bool IsApproximate => false;

        public ValueTask<bool> EntailsAsync(string question, string premise, string hypothesis, CancellationToken cancellationToken = default) => new(premise == passage);
    }

    private static ChatOptions Options() => new ChatOptions().WithDocuments([new ChatDocument("has a in it"), new ChatDocument("b"), new ChatDocument("zzz")]);

    // Of three sentences the first wants an a, the second a b, the third a c: a letter is likely where a passage has it. All else is certain.
    private static TableModel Model() => TextModel.Of((prompt, said) =>
    {
        if (said.Length % 3 == 1) return [('.', 1)];
        if (said.Length % 3 == 2) return [(' ', 1)];
        var wanted = "abc"[said.Length / 3];
        var probability = prompt.Contains($" {wanted}", StringComparison.Ordinal) ? 0.8 : 0.1;
        return wanted == 'c' ? [('c', probability), ('z', 1 - probability)] : [(wanted, probability), ('c', 0.05), ('z', 0.95 - probability)];
    });
}
