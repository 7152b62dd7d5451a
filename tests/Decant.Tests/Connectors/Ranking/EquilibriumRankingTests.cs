using Decant.Connectors.Chat;
using Decant.Connectors.Ranking;
using Decant.Tests.Connectors.Grounding;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Ranking;

/// <summary>A model that gives x, y or z with the probabilities of a worked example, and judges them with others.</summary>
public class EquilibriumRankingTests
{
    private static readonly ChatMessage[] _question = [new(ChatRole.User, "Which?")];
    private static readonly EquilibriumOptions _options = new() { PerToken = false, JudgeFrame = "Which? {answer}!", Yes = "Y", No = "N" };

    [Fact]
    public async Task It_plays_the_game_with_what_the_model_says()
    {
        var answers = await RankAsync(_options);
        Assert.Equal(["y", "x", "z"], answers.Select(answer => answer.Text));
        Assert.Equal([.9324, .0633, .0043], answers.Select(answer => answer.Generator), Near);
        Assert.Equal([.9963, .4043, .0062], answers.Select(answer => answer.Discriminator), Near);
        Assert.Equal([.3972, .4137, .1891], answers.Select(answer => answer.FirstGenerator), Near);
        Assert.Equal([.8, .4, .3], answers.Select(answer => answer.FirstDiscriminator), Near);
        Assert.Equal("x", (await new GeneratorRanking(Client()).RankAsync(_question, ["x", "y", "z"]))[0].Text);
    }

    [Fact]
    public async Task Writer_and_judge_may_differ_before_they_agree()
    {
        var options = _options with { Iterations = 1, Lambda = 100 };
        Assert.Equal("y", (await RankAsync(options))[0].Text);
        Assert.Equal("x", (await RankAsync(options with { Output = EquilibriumOutput.Generator }))[0].Text);
    }

    [Fact]
    public async Task Means_over_tokens_halve_what_two_tokens_say()
    {
        // ln .5 and the end's 0: the mean is half of it.
        double[] Roots(params double[] values) => Array.ConvertAll(values, value => Math.Log(value) / 2);
        var expected = EquilibriumGame.Solve(Roots(.5, .3, .2), Roots(.3, .2, .5), [.4, .8, .3], _options).Generator;
        var answers = await RankAsync(_options with { PerToken = true });
        Assert.Equal(expected, answers.OrderBy(answer => answer.Text).Select(answer => answer.Generator), Near);
        Assert.NotEqual(expected[0], (await RankAsync(_options)).Single(answer => answer.Text == "x").Generator, 1e-3);
    }

    [Fact]
    public async Task Frames_and_verdicts_say_what_is_asked()
    {
        var swapped = await RankAsync(_options with { CorrectFrame = _options.IncorrectFrame!, IncorrectFrame = _options.CorrectFrame });
        Assert.Equal("z", swapped.MaxBy(answer => answer.FirstGenerator)!.Text);
        Assert.Equal("z", (await RankAsync(_options with { Yes = "N", No = "Y" })).MaxBy(answer => answer.FirstDiscriminator)!.Text);
        var constant = await RankAsync(_options with { JudgeFrame = "Judge {answer} or not!" });
        var asked = await RankAsync(_options with { IncorrectFrame = null });
        Assert.Equal([.4561, .3158, .2281], asked.OrderBy(answer => answer.Text).Select(answer => answer.FirstGenerator), Near);
        Assert.All(constant, answer => Assert.Equal(.5, answer.FirstDiscriminator, 1e-6));
    }

    [Fact]
    public async Task A_model_that_never_learned_to_deny_is_judged_by_what_it_confirms()
    {
        // p(Y) alone; the columns still sum to 1.5, so the card's numbers stay.
        var alone = await RankAsync(_options with { No = null });
        Assert.Equal([.8, .4, .3], alone.Select(answer => answer.FirstDiscriminator), Near);

        // The verdict may be the answer itself.
        var own = await RankAsync(_options with { JudgeFrame = "Say it.", Yes = "{answer}", No = null });
        Assert.Equal([0.75, 0.4615, 0.1818], own.OrderBy(answer => answer.Text).Select(answer => answer.FirstDiscriminator), Near);
    }

    [Fact]
    public async Task Equal_candidates_are_one()
        => Assert.Equal(["y", "x", "z"], (await new EquilibriumRanking(Client(), _options).RankAsync(_question, ["x", " y", "x\n", "z", "y"])).Select(answer => answer.Text));

    [Fact]
    public async Task Candidates_can_be_drawn()
    {
        var drawn = new EquilibriumRanking(Client(), _options with { Candidates = 30, Seed = 3 });
        var answers = await drawn.RankAsync(_question);
        Assert.Equal(["y", "x", "z"], answers.Select(answer => answer.Text));
        Assert.Equal(answers, await drawn.RankAsync(_question));
        Assert.True((await new EquilibriumRanking(Client(), _options with { Candidates = 2, Seed = 3 }).RankAsync(_question)).Count <= 2);
        Assert.Equal("x", Assert.Single(await new EquilibriumRanking(Client(), _options with { Temperature = .01f }).RankAsync(_question)).Text);
        var seeds = await Task.WhenAll(Enumerable.Range(0, 20).Select(seed => new EquilibriumRanking(Client(), _options with { Candidates = 2, Seed = 100 * seed }).RankAsync(_question)));
        Assert.True(seeds.Select(each => string.Concat(each.Select(answer => answer.Text))).Distinct().Count() > 1);
    }

    [Fact]
    public async Task The_generators_ranking_is_of_sums_or_of_means()
    {
        using var client = TextModel.Client(TextModel.Of((_, said) => said switch
        {
            "" => [('x', .5), ('y', .5)],
            "x" or "yyyy" => [(TextModel.End, 1)],
            _ => [('y', .8), (TextModel.End, .2)],
        }));
        var sums = await new GeneratorRanking(client, perToken: false).RankAsync(_question, ["yyyy", "x", " x"]);
        Assert.Equal([("x", Math.Log(.5)), ("yyyy", Math.Log(.5) + (3 * Math.Log(.8)))], sums.Select(answer => (answer.Text, answer.LogProbability)), Same);
        var means = await new GeneratorRanking(client).RankAsync(_question, ["x", "yyyy"]);
        Assert.Equal([("yyyy", (Math.Log(.5) + (3 * Math.Log(.8))) / 5), ("x", Math.Log(.5) / 2)], means.Select(answer => (answer.Text, answer.LogProbability)), Same);
    }

    [Fact]
    public async Task What_cannot_be_ranked_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => new EquilibriumRanking(Client()).RankAsync(_question, []));
        await Assert.ThrowsAsync<ArgumentException>(() => new GeneratorRanking(Client()).RankAsync(_question, []));
        Assert.Contains("LocalChatClient", (await Assert.ThrowsAsync<ArgumentException>(() => new EquilibriumRanking(new Remote(Client())).RankAsync(_question, ["x"]))).Message);
    }

    [Fact]
    public void Options_out_of_range_are_named()
    {
        void Refuses(string name, EquilibriumOptions options) => Assert.Contains(name, Assert.ThrowsAny<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
        Refuses("Eta", new() { Eta = 0 });
        Refuses("Lambda", new() { Lambda = -1 });
        Refuses("Iterations", new() { Iterations = 0 });
        Refuses("Output", new() { Output = (EquilibriumOutput)9 });
        Refuses("CorrectFrame", new() { CorrectFrame = "" });
        Refuses("IncorrectFrame", new() { IncorrectFrame = "" });
        Refuses("IncorrectFrame", new() { IncorrectFrame = new EquilibriumOptions().CorrectFrame });
        Refuses("JudgeFrame", new() { JudgeFrame = "Is it?" });
        Refuses("Yes", new() { Yes = "" });
        Refuses("No", new() { No = "" });
        Refuses("Candidates", new() { Candidates = 1 });
        Refuses("Temperature", new() { Temperature = 0 });
    }

    private static async Task<IReadOnlyList<EquilibriumAnswer>> RankAsync(EquilibriumOptions options)
    {
        using var client = Client();
        return await new EquilibriumRanking(client, options).RankAsync(_question, ["x", "y", "z"]);
    }

    private static LocalChatClient Client() => TextModel.Client(TextModel.Of((prompt, said) =>
    {
        if (said.Length > 0) return [(TextModel.End, 1)];
        if (prompt.Contains("x!")) return [('Y', .4), ('N', .6)];
        if (prompt.Contains("y!")) return [('Y', .8), ('N', .2)];
        if (prompt.Contains("z!")) return [('Y', .3), ('N', .7)];
        if (prompt.Contains("not!")) return [('Y', .5), ('N', .5)];
        if (prompt.Contains("Say it.")) return [('x', .6), ('y', .3), ('z', .1)];
        return prompt.Contains("incorrectly") ? [('x', .3), ('y', .2), ('z', .5)] : [('x', .5), ('y', .3), ('z', .2)];
    }));

    private static bool Near(double left, double right) => Math.Abs(left - right) < 6e-5;

    private static bool Same((string Text, double Value) left, (string Text, double Value) right) => left.Text == right.Text && Math.Abs(left.Value - right.Value) < 1e-5;
}
