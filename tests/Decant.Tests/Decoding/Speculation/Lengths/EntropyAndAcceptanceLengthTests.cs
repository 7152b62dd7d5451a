namespace Decant.Tests.Decoding.Speculation.Lengths;

public class EntropyAndAcceptanceLengthTests
{
    [Fact]
    public void Entropy_is_measured_in_bits()
    {
        var run = new EntropyLengthOptions { MaxBits = 1.1, MaxTokens = 4 }.Open();
        Assert.Equal(4, run.MaxDepth);
        Assert.True(run.GoesOn(1, 0, 0.5, 0.5, 0));
        Assert.False(run.GoesOn(2, 0, 0.5, 0.25, 0.25));
        Assert.True(new EntropyLengthOptions { MaxBits = 1.51 }.Open().GoesOn(2, 0, 0.5, 0.25, 0.25));
    }

    [Fact]
    public void Drafting_ends_when_a_rejection_has_become_likely()
    {
        // 0.9, 0.81 and 0.729 leave at most 0.3 for a rejection; 0.6561 leaves more.
        var run = new AcceptanceLengthOptions().Open();
        Assert.Equal(20, run.MaxDepth);
        for (var draft = 0; draft < 2; draft++)
        {
            Assert.True(run.GoesOn(1, 0, 0.9, 0.1));
            Assert.True(run.GoesOn(2, 0, 0.9, 0.1));
            Assert.True(run.GoesOn(3, 0, 0.9, 0.1));
            Assert.False(run.GoesOn(4, 0, 0.9, 0.1));
        }
    }

    [Fact]
    public void The_first_tokens_come_whatever_they_are()
    {
        var run = new AcceptanceLengthOptions { Min = 3, Max = 7, Threshold = 0.9 }.Open();
        Assert.Equal(7, run.MaxDepth);
        Assert.True(run.GoesOn(1, 1, 0.9, 0.1));
        Assert.True(run.GoesOn(2, 1, 0.9, 0.1));
        Assert.False(run.GoesOn(3, 1, 0.9, 0.1));
        var generous = new AcceptanceLengthOptions { Min = 1, Threshold = 0.95 }.Open();
        Assert.True(generous.GoesOn(1, 1, 0.9, 0.1));
        Assert.False(generous.GoesOn(2, 1, 0.9, 0.1));
    }

    [Fact]
    public void The_probability_can_come_from_elsewhere()
    {
        var run = new AcceptanceLengthOptions { Source = "half" }.Open(new DecodingServices().Add<IAcceptanceSource>("half", new Half()));
        Assert.True(run.GoesOn(1, 0, 0.9, 0.1));
        Assert.False(run.GoesOn(2, 0, 0.9, 0.1));
        Assert.Contains("acceptance: Source names \"head\"", Assert.Throws<ArgumentException>(() => new AcceptanceLengthOptions { Source = "head" }.Open()).Message);
    }

    private sealed class Half : IAcceptanceSource
    {
        public double Probability(in DraftStep step) => 0.5;
    }
}
