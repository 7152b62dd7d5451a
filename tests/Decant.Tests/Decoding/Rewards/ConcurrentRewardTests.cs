namespace Decant.Tests.Decoding.Rewards;

/// <summary>A reward that scores several texts at once, each by itself.</summary>
public class ConcurrentRewardTests
{
    private static readonly RewardCandidate[] _texts = [.. Enumerable.Range(0, 6).Select(i => new RewardCandidate(new string('a', i)))];

    [Fact]
    public async Task Scores_come_in_the_order_of_the_texts_however_long_each_takes()
    {
        var reward = new ConcurrentReward(async (context, candidate, cancellationToken) =>
        {
            await Task.Delay(30 - (5 * candidate.Text.Length), cancellationToken);
            return candidate.Text.Length + context.Prompt.Length;
        }, maxConcurrency: 6);
        Assert.Equal([2, 3, 4, 5, 6, 7], await reward.ScoreAsync(new RewardContext("Hi"), _texts, default));
        Assert.False(reward.ScoresPartial);
        Assert.True(new ConcurrentReward((_, _, _) => new(0), scoresPartial: true).ScoresPartial);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConcurrentReward((_, _, _) => new(0), maxConcurrency: 0));
    }

    [Fact]
    public async Task What_one_throws_stops_the_others()
    {
        var reward = new ConcurrentReward(async (_, candidate, cancellationToken) =>
        {
            if (candidate.Text.Length == 1) throw new FormatException("it is broken");
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }, maxConcurrency: 3);
        Assert.Equal("it is broken", (await Assert.ThrowsAsync<FormatException>(async () => await reward.ScoreAsync(new RewardContext(""), _texts, default))).Message);
    }
}
