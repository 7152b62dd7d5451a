namespace Decant.Tests.Decoding.Sampling;

public class GreedyTests
{
    [Fact]
    public void It_takes_the_likeliest_token_and_the_lowest_of_equals()
    {
        var row = Plans.Of(new GreedyOptions()).Row([1, 3, 2, 3]);
        Assert.Equal([1], row.Ids);
        Assert.Equal(1, row.Probabilities[0]);
    }

    [Fact]
    public void What_cannot_act_on_it_is_refused_by_name()
    {
        Assert.Equal(new GreedyOptions { Seed = 3 }, new GreedyOptions().Complete(new SamplingOptions { Seed = 3, Temperature = 0 }));
        var message = Assert.Throws<ArgumentException>(() => new GreedyOptions().Complete(new SamplingOptions { Temperature = 0.7f, TopP = 0.9f })).Message;
        Assert.Contains("greedy", message);
        Assert.Contains("Temperature, TopP", message);
    }
}
