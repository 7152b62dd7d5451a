using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Grounding;

public class SemanticUncertaintyTests
{
    private static readonly ChatMessage[] _question = [new(ChatRole.User, "Which?")];

    [Theory]
    [InlineData(false, 0.4506)]
    [InlineData(true, 0.6365)]
    public async Task Entropy_of_two_meanings(bool discrete, double expected)
    {
        var measure = await MeasureAsync(discrete, ("Paris", 0.3), ("paris!", 0.2), ("Rome", 0.1));
        Assert.Equal(expected, measure.Entropy, 1e-4);
        Assert.Equal(["Paris", "Rome"], measure.Clusters.Select(cluster => cluster.Text));
        Assert.Equal(2 / 3.0, measure.Agreement, 1e-9);
    }

    [Fact]
    public async Task Samples_of_one_meaning_have_no_entropy()
    {
        var measure = await MeasureAsync(false, ("It is red.", 0.5), ("it is RED", 0.2));
        Assert.Equal(0, measure.Entropy, 1e-12);
        Assert.Equal(1, measure.Agreement);
    }

    [Fact]
    public async Task Most_samples_win_and_ties_go_to_the_likelier()
    {
        var vote = await MeasureAsync(true, ("7", 0.1), ("7", 0.1), ("5", 0.9));
        Assert.Equal("7", vote.Consensus.Text);
        Assert.Equal(0.6667, vote.Agreement, 1e-4);
        Assert.Equal("5", (await MeasureAsync(true, ("7", 0.1), ("5", 0.9))).Consensus.Text);
        Assert.Equal("7", (await MeasureAsync(true, ("7", 0.9), ("5", 0.1))).Consensus.Text);
    }

    [Fact]
    public async Task Drawn_answers_are_weighed_by_the_mean_log_probability_of_their_tokens()
    {
        using var client = TextModel.Client(Model());
        var options = new SemanticUncertaintyOptions { Samples = 60, Seed = 5 };
        var measure = await new SemanticUncertainty(client, options: options).MeasureAsync(_question, new ChatOptions { Temperature = 0, TopK = 263 });
        var counts = measure.Clusters.ToDictionary(cluster => cluster.Text, cluster => cluster.Samples.Count);
        Assert.Equal(["S. x.", "S. y."], counts.Keys.Order());
        Assert.InRange(counts["S. x."], 30, 57);

        // Six tokens each, the end among them; one of them is not certain.
        var (x, y) = (counts["S. x."] * Math.Pow(0.75, 1 / 6.0), counts["S. y."] * Math.Pow(0.25, 1 / 6.0));
        Assert.Equal(x / (x + y), measure.Clusters.Single(cluster => cluster.Text == "S. x.").Probability, 1e-6);

        var again = await new SemanticUncertainty(client, options: options).MeasureAsync(_question);
        Assert.Equal(measure.Entropy, again.Entropy, 1e-12);
        var other = await new SemanticUncertainty(client, options: options with { Seed = 1000 }).MeasureAsync(_question);
        Assert.NotEqual(measure.Entropy, other.Entropy);
    }

    [Fact]
    public async Task Draws_of_their_own_are_made_where_the_clients_own_options_say_how_to_draw()
    {
        using var client = TextModel.Client(Model());
        var uncertainty = new SemanticUncertainty(client, options: new SemanticUncertaintyOptions { Samples = 60, Seed = 5 });
        var expected = await uncertainty.MeasureAsync(_question);
        LocalGenerationOptions[] owns =
        [
            new() { Temperature = 0, Seed = 1 },
            new() { Decoding = new DecodingOptions { Sampling = new GreedyOptions() } },
            new() { Decoding = new DecodingOptions { Sampling = new SamplingOptions { Seed = 1 } } },
        ];
        foreach (var own in owns)
        {
            var measure = await uncertainty.MeasureAsync(_question, new ChatOptions { RawRepresentationFactory = _ => own });
            Assert.Equal(expected.Entropy, measure.Entropy, 1e-12);
        }
    }

    [Fact]
    public async Task Temperature_and_the_number_of_samples_change_what_is_drawn()
    {
        using var client = TextModel.Client(Model());
        var cold = await new SemanticUncertainty(client, options: new() { Samples = 25, Temperature = 0.01f }).MeasureAsync(_question);
        Assert.Equal(25, Assert.Single(cold.Clusters).Samples.Count);
    }

    [Fact]
    public async Task Each_sentence_is_drawn_anew_behind_those_before_it()
    {
        var model = Model();
        using (var client = TextModel.Client(model))
        {
            var sentences = await new SemanticUncertainty(client, options: new() { Samples = 20, Seed = 1, Discrete = true }).MeasureSentencesAsync(_question, "S. x.");
            Assert.Equal(["S.", "x."], sentences.Select(sentence => sentence.Text));
            Assert.Equal(0, sentences[0].Measure.Entropy);
            Assert.Equal(["x.", "y."], sentences[1].Measure.Clusters.Select(cluster => cluster.Text).Order());

            var weighed = await new SemanticUncertainty(client, options: new() { Samples = 20, Seed = 1 }).MeasureSentencesAsync(_question, "S. x.");
            Assert.NotEqual(sentences[1].Measure.Entropy, weighed[1].Measure.Entropy);
        }

        Assert.Equal((0, 0), (model.OpenSequences, model.OpenResults));
    }

    [Fact]
    public async Task A_client_without_likelihoods_can_be_counted()
    {
        using var client = new Remote(TextModel.Client(Model()));
        await Assert.ThrowsAsync<ArgumentException>(() => new SemanticUncertainty(client).MeasureAsync(_question));
        var measure = await new SemanticUncertainty(client, options: new() { Discrete = true, Samples = 40, Seed = 3 }).MeasureAsync(_question);
        Assert.Equal(2, measure.Clusters.Count);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        using var client = TextModel.Client(Model());
        void Refuses(string name, SemanticUncertaintyOptions options)
            => Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(() => new SemanticUncertainty(client, options: options)).Message, StringComparison.Ordinal);
        Refuses("Samples", new() { Samples = 0 });
        Refuses("Temperature", new() { Temperature = 0 });
    }

    private static async Task<SemanticMeasure> MeasureAsync(bool discrete, params (string Text, double Likelihood)[] samples)
    {
        using var client = TextModel.Client(Model());
        return await new SemanticUncertainty(client, options: new() { Discrete = discrete })
            .MeasureAsync("", [.. samples.Select(sample => new SemanticSample(sample.Text, Math.Log(sample.Likelihood)))]);
    }

    private static TableModel Model() => TextModel.Of((_, said) => said switch
    {
        "" => [('S', 1)],
        "S" => [('.', 1)],
        "S." => [(' ', 1)],
        "S. " => [('x', 0.75), ('y', 0.25)],
        "S. x" or "S. y" => [('.', 1)],
        _ => [(TextModel.End, 1)],
    });
}
