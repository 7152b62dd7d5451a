using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Grounding;

public class SequenceMarginalizationTests
{
    private static readonly ChatMessage[] _question = [new(ChatRole.User, "Who?")];

    // p(letter | document): the answer is one or two letters.
    private static readonly Dictionary<string, double> _first = new() { ["one"] = 0.9, ["two"] = 0.4, ["six"] = 0.2 };

    [Fact]
    public void Probabilities_are_mixed_and_not_logits()
        => Assert.Equal(0.7655, SequenceMarginalization.Marginalize("y", [1, 0], [Math.Log(0.9), Math.Log(0.4)]).Probability, 1e-4);

    [Fact]
    public void Very_unlikely_answers_do_not_vanish()
        => Assert.Equal(-2000 + Math.Log(0.5 + (0.5 * Math.Exp(-1))), SequenceMarginalization.Marginalize("y", [3, 3], [-2000, -2001]).LogProbability, 1e-9);

    [Fact]
    public async Task Candidates_have_the_probability_that_enumeration_gives()
    {
        var model = Model();
        IReadOnlyList<MarginalCandidate> found;
        using (var client = TextModel.Client(model)) found = await new SequenceMarginalization(client, new() { CandidatesPerDocument = 40, Seed = 2 }).AnswerAsync(_question, Options());
        Assert.Equal((0, 0), (model.OpenSequences, model.OpenResults));

        // All four answers were proposed, so that they make up everything.
        Assert.Equal(["a", "ab", "b", "bb"], found.Select(candidate => candidate.Text).Order());
        Assert.Equal(1, found.Sum(candidate => candidate.Probability), 1e-5);
        foreach (var candidate in found) Assert.Equal(Enumerate(candidate.Text, temperature: 1, contexts: 3), candidate.Probability, 1e-5);
        Assert.Equal(found.OrderByDescending(candidate => candidate.Probability), found);
    }

    [Fact]
    public async Task Temperature_and_the_number_of_contexts_count()
    {
        using var client = TextModel.Client(Model());
        async Task<double> ProbabilityOfA(SequenceMarginalizationOptions options)
            => (await new SequenceMarginalization(client, options).AnswerAsync(_question, Options())).Single(candidate => candidate.Text == "a").Probability;

        Assert.Equal(Enumerate("a", temperature: 0.25, contexts: 3), await ProbabilityOfA(new() { Temperature = 0.25 }), 1e-5);
        Assert.Equal(Enumerate("a", temperature: 1, contexts: 2), await ProbabilityOfA(new() { Contexts = 2 }), 1e-5);
        Assert.Equal(0.9 * 0.7, await ProbabilityOfA(new() { Contexts = 1 }), 1e-5);
    }

    [Fact]
    public async Task What_is_missing_or_out_of_range_is_named()
    {
        using var client = TextModel.Client(Model());
        Assert.Contains("WithDocuments", (await Assert.ThrowsAsync<ArgumentException>(() => new SequenceMarginalization(client).AnswerAsync(_question, new ChatOptions()))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceMarginalization(client, new() { Temperature = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceMarginalization(client, new() { Contexts = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceMarginalization(client, new() { CandidatesPerDocument = 0 }));
    }

    private static double Enumerate(string answer, double temperature, int contexts)
    {
        (string Text, double Score)[] documents = [("one", 1), ("two", 0.5), ("six", 0)];
        var weights = documents.Take(contexts).Select(document => Math.Exp(document.Score / temperature)).ToArray();
        return documents.Take(contexts).Select((document, k) =>
            weights[k] / weights.Sum() * (answer[0] == 'a' ? _first[document.Text] : 1 - _first[document.Text]) * (answer.Length == 1 ? 0.7 : 0.3)).Sum();
    }

    private static ChatOptions Options() => new ChatOptions().WithDocuments(
        [new ChatDocument("six"), new ChatDocument("one") { Score = 1 }, new ChatDocument("two") { Score = 0.5 }]);

    private static TableModel Model() => TextModel.Of((prompt, said) =>
    {
        var a = _first.Single(entry => prompt.Contains(entry.Key, StringComparison.Ordinal)).Value;
        return said.Length switch
        {
            0 => [('a', a), ('b', 1 - a)],
            1 => [(TextModel.End, 0.7), ('b', 0.3)],
            _ => [(TextModel.End, 1)],
        };
    });
}
