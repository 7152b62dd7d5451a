namespace Decant.Tests.Decoding.Speculation;

/// <summary>
/// The joint law of the first tokens, over every way that chance can turn out, is that of decoding without speculation: every exact verifier with every drafter's law that it supports,
/// for every kind of target.
/// </summary>
public class ExactnessTests
{
    /// <summary>A drafter for each law and each verifier that supports it.</summary>
    public static TheoryData<string, string, string> Cases()
    {
        var cases = new TheoryData<string, string, string>();
        foreach (var verifier in ExactVerifiers.Names)
        {
            foreach (var drafter in ExactVerifiers.DraftersOf(verifier))
            {
                foreach (var target in TargetKinds.Names) cases.Add(verifier, drafter, target);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_law_of_texts_is_that_without_speculation(string verifier, string drafter, string target)
    {
        var runs = new SpeculationRuns(VocabularyOf(drafter));
        var options = TargetKinds.Of(target);
        var law = runs.Law(options with { Speculation = ExactVerifiers.Drafter(drafter) with { Verifier = ExactVerifiers.Of(verifier) } }, TokensOf(drafter));
        Assert.InRange(SpeculationRuns.TotalVariation(runs.PlainLaw(options, TokensOf(drafter)), law), 0, 1e-9);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void So_it_is_where_a_drafted_token_ends_the_text(string verifier, string drafter, string target)
    {
        var runs = new SpeculationRuns(VocabularyOf(drafter)) { EndTokens = [2] };
        var options = TargetKinds.Of(target);
        var law = runs.Law(options with { Speculation = ExactVerifiers.Drafter(drafter) with { Verifier = ExactVerifiers.Of(verifier) } }, TokensOf(drafter));
        Assert.InRange(SpeculationRuns.TotalVariation(runs.PlainLaw(options, TokensOf(drafter)), law), 0, 1e-9);
    }

    // Drafts that branch have more ways to turn out.
    private static int VocabularyOf(string drafter) => Branches(drafter) ? 3 : TargetKinds.Vocabulary;

    private static int TokensOf(string drafter) => Branches(drafter) ? 3 : 4;

    private static bool Branches(string drafter) => ExactVerifiers.Drafter(drafter).Compile(SpeculationRuns.Context).Branches;
}
