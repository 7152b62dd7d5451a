namespace Decant.Tests.Decoding.Speculation.Lengths;

public class ConfidenceLengthTests
{
    [Fact]
    public void It_stops_behind_a_token_of_an_unsure_row_whatever_the_token()
    {
        var run = new ConfidenceLengthOptions { MaxTokens = 6 }.Open();
        Assert.Equal(6, run.MaxDepth);
        Assert.True(run.GoesOn(1, 2, 0.05, 0.85, 0.1));
        Assert.False(run.GoesOn(2, 1, 0.1, 0.75, 0.15));
        Assert.True(new ConfidenceLengthOptions { MinTop1 = 0.7 }.Open().GoesOn(2, 1, 0.1, 0.75, 0.15));
    }

    [Fact]
    public void The_threshold_moves_towards_the_rate_of_matches()
    {
        // The mean of matches is 0.9 at first: 0.45 + 0 is too few, 0.225 + 0.5, 0.3625 + 0.5 too, 0.43125 + 0.5 is enough.
        var run = new ConfidenceLengthOptions { MinTop1 = 0.5, Adapt = true, Step = 0.1 }.Open();
        run.Round(4, 0);
        Assert.False(run.GoesOn(1, 0, 0.59, 0.41));
        Assert.True(run.GoesOn(1, 0, 0.61, 0.39));
        run.Round(4, 4);
        Assert.False(run.GoesOn(1, 0, 0.69, 0.31));
        run.Round(4, 4);
        Assert.False(run.GoesOn(1, 0, 0.79, 0.21));
        run.Round(8, 8);
        Assert.False(run.GoesOn(1, 0, 0.79, 0.21));
        Assert.True(run.GoesOn(1, 0, 0.81, 0.19));
        run.Round(4, 4);
        Assert.True(run.GoesOn(1, 0, 0.71, 0.29));
    }

    [Fact]
    public void A_lower_rate_is_reached_sooner_and_without_adaptation_nothing_moves()
    {
        var run = new ConfidenceLengthOptions { MinTop1 = 0.5, Adapt = true, MatchRate = 0.2 }.Open();
        run.Round(4, 1);
        Assert.True(run.GoesOn(1, 0, 0.495, 0.505 - 0.1, 0.1));
        var still = new ConfidenceLengthOptions { MinTop1 = 0.5 }.Open();
        for (var i = 0; i < 9; i++) still.Round(4, 0);
        Assert.True(still.GoesOn(1, 0, 0.505, 0.495));
    }
}
