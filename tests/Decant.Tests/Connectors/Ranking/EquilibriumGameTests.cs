using Decant.Connectors.Ranking;

namespace Decant.Tests.Connectors.Ranking;

/// <summary>The game against numbers that were worked out apart from it.</summary>
public class EquilibriumGameTests
{
    private static readonly double[] _correct = [.5, .3, .2];

    public static TheoryData<double[], double[], int, double[]?, double[]?> Cases => new()
    {
        { [.3, .2, .5], [.4, .8, .3], 10, [.3394, .3474, .3132], null },
        { [.3, .2, .5], [.4, .8, .3], 5000, [.0633, .9324, .0043], [.4043, .9963, .0062] },
        { [.5, .2, .3], [.3, .7, .5], 1, [.3301, .3373, .3326], [.4979, .5037, .4983] },
        { [.5, .2, .3], [.3, .7, .5], 5000, [.0093, .9699, .0208], [.0197, .9944, .2206] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Moves_by_hand(double[] incorrect, double[] judged, int iterations, double[]? generator, double[]? discriminator)
    {
        var solved = Solve(_correct, incorrect, judged, new() { Iterations = iterations });
        if (generator is not null) Assert.Equal(generator, solved.Generator, Near);
        if (discriminator is not null) Assert.Equal(discriminator, solved.Discriminator, Near);
    }

    [Fact]
    public void First_beliefs_by_hand()
    {
        var (generator, discriminator, _, _) = Solve(_correct, [.3, .2, .5], [.4, .8, .3], new());
        Assert.Equal([.4137, .3972, .1891], generator, Near);
        Assert.Equal([.4, .8, .3], discriminator, Near);
        Assert.Equal([.3333, .4, .2667], Solve(_correct, [.5, .2, .3], [.3, .7, .5], new()).FirstGenerator, Near);

        // Where the columns do not sum to the same, what the judge says of one answer depends on what it says of the others.
        Assert.Equal([0.6923, 0.6923, 0.2727], Solve(_correct, _correct, [.9, .9, .6], new()).FirstDiscriminator, Near);
    }

    [Fact]
    public void Neither_side_alone_decides()
    {
        // The writer likes the first best, the judge the second, and both think little of the third.
        var solved = Solve(_correct, [.3, .2, .5], [.4, .8, .3], new());
        Assert.Equal(0, solved.FirstGenerator.IndexOf(solved.FirstGenerator.Max()));
        Assert.Equal(1, solved.Generator.IndexOf(solved.Generator.Max()));
        Assert.Equal(1, solved.Discriminator.IndexOf(solved.Discriminator.Max()));
    }

    [Fact]
    public void Every_member_changes_the_outcome()
    {
        double[] Play(EquilibriumOptions options) => Solve(_correct, [.3, .2, .5], [.4, .8, .3], options).Generator;
        var played = Play(new());
        Assert.NotEqual(played, Play(new() { Eta = .001 }));
        Assert.NotEqual(played, Play(new() { Lambda = 1 }));
        Assert.NotEqual(played, Play(new() { Iterations = 100 }));

        // Who does not give in stays with what it believed.
        Assert.Equal([.4137, .3972, .1891], Play(new() { Lambda = 1000 }), (left, right) => Math.Abs(left - right) < 1e-3);
    }

    [Fact]
    public void What_a_model_finds_impossible_is_very_unlikely()
    {
        var solved = EquilibriumGame.Solve([double.NegativeInfinity, Math.Log(.5), double.NegativeInfinity], [Math.Log(.5), double.NegativeInfinity, double.NegativeInfinity], [0, 1, .5], new());
        Assert.All(solved.Generator.Concat(solved.Discriminator), value => Assert.InRange(value, 0, 1));
        Assert.Equal(1, solved.Generator.IndexOf(solved.Generator.Max()));
        Assert.Equal(1, solved.Generator.Sum(), 1e-9);
    }

    [Fact]
    public void Without_an_incorrect_frame_the_wrong_answer_is_any_of_the_others()
    {
        // .5 against (1 − .5) / 2, .3 against .35, .2 against .4: 2/3, 6/13 and 1/3, over their sum.
        var first = EquilibriumGame.Solve(Array.ConvertAll(_correct, Math.Log), null, [.4, .8, .3], new()).FirstGenerator;
        Assert.Equal([.4561, .3158, .2281], first, Near);
        Assert.Equal([1], EquilibriumGame.Solve([Math.Log(.5)], null, [.4], new()).Generator, Near);
        Assert.Equal([1.0 / 3, 1.0 / 3, 1.0 / 3], EquilibriumGame.Solve(Enumerable.Repeat(double.NegativeInfinity, 3).ToArray(), null, [.4, .8, .3], new()).FirstGenerator, Near);
    }

    [Fact]
    public void One_candidate_is_all_there_is() => Assert.Equal([1], Solve([.2], [.4], [.3], new()).Generator, Near);

    private static (double[] FirstGenerator, double[] FirstDiscriminator, double[] Generator, double[] Discriminator) Solve(double[] correct, double[] incorrect, double[] judged, EquilibriumOptions options)
        => EquilibriumGame.Solve(Array.ConvertAll(correct, Math.Log), Array.ConvertAll(incorrect, Math.Log), judged, options);

    private static bool Near(double left, double right) => Math.Abs(left - right) < 6e-5;
}
