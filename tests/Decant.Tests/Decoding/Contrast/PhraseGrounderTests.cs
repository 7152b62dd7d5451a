using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Decant.Tests.Connectors.Grounding;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Contrast;

public class PhraseGrounderTests
{
    private static readonly Dictionary<string, double> _actions = new() { ["go east"] = 0.9, ["go west"] = 0.3, ["stay"] = 0.6, ["go"] = 0.45, ["jump"] = 0 };

    [Theory]
    [InlineData(PrefixMarginal.Max, "", 'g', 1)]
    [InlineData(PrefixMarginal.Max, "", 's', 0.6 / 0.9)]
    [InlineData(PrefixMarginal.Max, "", 'j', 0)]
    [InlineData(PrefixMarginal.Max, "", 'e', 0)]
    [InlineData(PrefixMarginal.Max, "go ", 'w', 0.3 / 0.9)]
    [InlineData(PrefixMarginal.Max, "go", TextModel.End, 0.45 / 0.9)]
    [InlineData(PrefixMarginal.Max, "go ", TextModel.End, 0)]
    [InlineData(PrefixMarginal.Max, "stay", TextModel.End, 1)]
    [InlineData(PrefixMarginal.Max, "go north", 'e', 0)]
    [InlineData(PrefixMarginal.Sum, "", 'g', 1.65 / 2.25)]
    [InlineData(PrefixMarginal.Sum, "go ", 'e', 0.9 / 1.2)]
    [InlineData(PrefixMarginal.Sum, "go", TextModel.End, 0.45 / 1.65)]
    public void A_beginning_is_as_possible_as_what_it_can_become(PrefixMarginal marginal, string said, char next, double expected)
        => Assert.Equal(expected, Score(new PhraseGrounder(TestChat.Tokenizer, _actions, marginal), said, next), 1e-6);

    [Theory]
    [InlineData(PrefixMarginal.Max, 0.9)]
    [InlineData(PrefixMarginal.Sum, 2.25)]
    public void Along_a_phrase_the_scores_multiply_to_its_own(PrefixMarginal marginal, double all)
    {
        var grounder = new PhraseGrounder(TestChat.Tokenizer, _actions, marginal);
        foreach (var (phrase, score) in _actions.Where(action => action.Value > 0))
        {
            var steps = Enumerable.Range(0, phrase.Length).Select(i => Score(grounder, phrase[..i], phrase[i])).Append(Score(grounder, phrase, TextModel.End));
            Assert.Equal(score / all, steps.Aggregate(1.0, (product, step) => product * step), 1e-6);
        }
    }

    [Theory]
    [InlineData(0, "jump")]
    [InlineData(1, "go west")]
    public async Task The_model_says_the_likeliest_of_what_is_possible(float weight, string expected)
    {
        using var client = Client(_actions);
        var response = await client.GetResponseAsync("Act!", Options(weight));
        Assert.Equal(expected, response.Text);
    }

    [Fact]
    public async Task Where_nothing_is_possible_nothing_is_said()
    {
        using var client = Client(new() { ["fly"] = 0 });
        await Assert.ThrowsAsync<NothingGroundedException>(() => client.GetResponseAsync("Act!", Options(1)));
    }

    [Fact]
    public void Phrases_without_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new PhraseGrounder(TestChat.Tokenizer, [new(" ", 1)]));
        Assert.Contains("1.5", Assert.Throws<ArgumentException>(() => new PhraseGrounder(TestChat.Tokenizer, [new("go", 1.5)])).Message);
    }

    private static float Score(PhraseGrounder grounder, string said, char next)
    {
        // Scores are for several candidates at once; the others must not count.
        int[] candidates = [TestChat.ByteToken((byte)'x'), next == TextModel.End ? TestChat.Tokenizer.EndOfTurn[0] : TestChat.ByteToken((byte)next), TestChat.Tokenizer.Find("<|user|>")!.Value];
        float[] scores = [7, 7, 7];
        grounder.Score(TestChat.Encode(said), candidates, scores);
        Assert.Equal((0, 0), (scores[0], scores[2]));
        return scores[1];
    }

    private static ChatOptions Options(float weight)
        => new ChatOptions { Temperature = 0 }.WithDecoding(d => d.Contrast(new GroundingOptions { Grounders = ["actions"], Weight = weight, Candidates = 300 }));

    // Would rather jump than go, and west rather than east: by more than the world objects to west.
    private static LocalChatClient Client(Dictionary<string, double> actions) => TestChat.Client(
        TextModel.Of((_, said) => said switch
        {
            "" => [('j', 0.7), ('g', 0.2), ('s', 0.1)],
            "g" => [('o', 1)],
            "go" => [(' ', 0.9), (TextModel.End, 0.1)],
            "go " => [('w', 0.8), ('e', 0.2)],
            _ => [((_words.First(word => word.StartsWith(said, StringComparison.Ordinal)) + TextModel.End)[said.Length], 1)],
        }),
        new LocalChatClientOptions { Services = new DecodingServices().Add<ITokenGrounder>("actions", new PhraseGrounder(TestChat.Tokenizer, actions)) });

    private static readonly string[] _words = ["jump", "stay", "go west", "go east"];
}
