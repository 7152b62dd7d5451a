namespace Decant.Tests.Decoding.Rewards;

/// <summary>Unit tests as a reward: what the caller's sandbox is given, and what becomes of its answers.</summary>
public class TestSuiteRewardTests
{
    private static async Task<double> ScoreAsync(TestSuiteReward reward, string text) => (await reward.ScoreAsync(new RewardContext(""), [new RewardCandidate(text)], default))[0];

    [Theory]
    [InlineData("Sure:\n```python\nx = 1\ny = 2\n```\nDone.\n```\nz\n```", "x = 1\ny = 2")]
    [InlineData("```\nx = 1", "x = 1")]
    [InlineData("x = 1", "x = 1")]
    public async Task The_first_fenced_block_is_the_code(string text, string code)
    {
        var given = new List<string>();
        ValueTask<(int, int)> Run(string program, CancellationToken cancellationToken)
        {
            lock (given) given.Add(program);
            return new((3, 4));
        }

        Assert.Equal(.75, await ScoreAsync(new TestSuiteReward(Run, fenced: true), text));
        Assert.Equal(.75, await ScoreAsync(new TestSuiteReward(Run), text));
        Assert.Equal([code, text], given);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(-1, 2)]
    [InlineData(3, 2)]
    public async Task Numbers_that_make_no_share_are_a_fault(int passed, int total)
        => Assert.Contains($"{passed} of {total}", (await Assert.ThrowsAsync<InvalidOperationException>(() => ScoreAsync(new TestSuiteReward((_, _) => new((passed, total))), "x"))).Message);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_run_at_once_than_is_said(int limit)
    {
        var (running, most, gate) = (0, 0, new Lock());
        var reward = new TestSuiteReward(async (_, cancellationToken) =>
        {
            var now = Interlocked.Increment(ref running);
            lock (gate) most = Math.Max(most, now);
            await Task.Delay(20, cancellationToken);
            Interlocked.Decrement(ref running);
            return (1, 2);
        }, maxConcurrency: limit);
        var scores = await reward.ScoreAsync(new RewardContext(""), [.. Enumerable.Range(0, 9).Select(i => new RewardCandidate($"{i}"))], default);
        Assert.Equal(Enumerable.Repeat(.5, 9), scores);
        Assert.InRange(most, 1, limit);
        if (limit > 1) Assert.True(most > 1);
    }

    [Fact]
    public void A_search_that_asks_about_beginnings_refuses_it()
    {
        var services = new DecodingServices().Add<IReward>("tests", new TestSuiteReward((_, _) => new((1, 1))));
        var context = TestVocabulary.Standard.Context with { Services = services };
        Assert.Contains("\"tests\"", Assert.Throws<ArgumentException>(() => new RewardModel("some-search", [new NamedRewardOptions { Reward = "tests" }], context, partial: true)).Message);
    }
}
