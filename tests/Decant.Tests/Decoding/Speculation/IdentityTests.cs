namespace Decant.Tests.Decoding.Speculation;

/// <summary>With token matching, a seed's text is the same with speculation and without, whatever drafts.</summary>
public class IdentityTests
{
    private const int Tokens = 60;

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var drafter in ExactVerifiers.DraftersOf("token-match"))
        {
            // The documents of these runs have no two even tokens in a row, so with this mask nothing can be copied from them.
            foreach (var target in TargetKinds.Names.Where(target => (drafter, target) is not ("passages", "mask"))) cases.Add(drafter, target);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_seeds_text_is_the_same(string drafter, string target)
    {
        var runs = new SpeculationRuns(vocabulary: 12, scale: 3);
        var accepted = 0;
        for (var seed = 1; seed <= 20; seed++)
        {
            var options = TargetKinds.Of(target).WithSeed(seed);
            var counter = new SpeculationCounter();
            Assert.Equal(runs.Run(options, Tokens), runs.Run(options with { Speculation = ExactVerifiers.Drafter(drafter) with { Length = null } }, Tokens, counter: counter));
            accepted += counter.Accepted;
        }

        Assert.True(accepted > 0, "No draft was ever accepted: the test shows nothing.");
        Assert.Equal((0, 0), (runs.Target.OpenResults, runs.Target.OpenSequences));
        Assert.Equal((0, 0), (runs.Draft.OpenResults, runs.Draft.OpenSequences));
    }
}
