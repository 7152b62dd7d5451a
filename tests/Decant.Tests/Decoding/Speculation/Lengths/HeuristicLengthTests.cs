namespace Decant.Tests.Decoding.Speculation.Lengths;

public class HeuristicLengthTests
{
    [Fact]
    public void Two_more_after_a_whole_draft_and_one_less_after_another()
    {
        var run = new HeuristicLengthOptions().Open();
        Assert.Equal(5, run.MaxDepth);
        Assert.Equal(7, run.Round(5, 5));
        Assert.Equal(6, run.Round(7, 6));
        Assert.Equal(5, run.Round(6, 0));
        Assert.Equal(5, run.Round(0, 0));
    }

    [Fact]
    public void Forced_tokens_are_no_success_of_the_drafter()
    {
        var run = new HeuristicLengthOptions().Open();
        Assert.Equal(4, run.Round(2, 3, forced: 3));
        Assert.Equal(4, run.Round(0, 3, forced: 3));
        Assert.Equal(4, run.Round(2, 1, forced: 3));
        Assert.Equal(6, run.Round(2, 5, forced: 3));
    }

    [Fact]
    public void Every_member_counts()
    {
        var run = new HeuristicLengthOptions { Start = 4, Increase = 3, Decrease = 2, Min = 3, Max = 6 }.Open();
        Assert.Equal(4, run.MaxDepth);
        Assert.Equal(6, run.Round(4, 4));
        Assert.Equal(4, run.Round(6, 1));
        Assert.Equal(3, run.Round(4, 1));
    }
}
