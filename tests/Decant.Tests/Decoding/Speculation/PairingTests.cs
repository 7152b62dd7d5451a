namespace Decant.Tests.Decoding.Speculation;

/// <summary>A verifier that a drafter's law would bias, or that promises less than is asked for, is refused when the plan is compiled, by name.</summary>
public class PairingTests
{
    private static readonly SiblingLaw[] _laws = Enum.GetValues<SiblingLaw>();

    /// <summary>The laws that each verifier is exact for, or lossy with; all of them where it does not matter.</summary>
    public static TheoryData<string, SiblingLaw[]> Supported => new()
    {
        { "token-match", _laws },
        { "rejection", [SiblingLaw.Single] },
        { "block", [SiblingLaw.Single] },
        { "traversal", [SiblingLaw.Single, SiblingLaw.WithoutReplacement] },
        { "recursive-rejection", [SiblingLaw.Single, SiblingLaw.Independent, SiblingLaw.WithoutReplacement] },
        { "k-seq", [SiblingLaw.Independent] },
        { "mixed", [SiblingLaw.Single, SiblingLaw.Deterministic, SiblingLaw.Mixed] },
        { "lenient", [SiblingLaw.Single] },
        { "typical", _laws },
        { "top-k-ratio", _laws },
    };

    [Theory]
    [MemberData(nameof(Supported))]
    public void A_verifier_goes_with_the_laws_it_supports_and_no_other(string verifier, SiblingLaw[] supported)
    {
        foreach (var law in _laws)
        {
            var drafter = new TestDraftOptions("test-law", law, (_, _, _) => { }) { Verifier = Verifier(verifier), Require = Guarantee.Lossy };
            if (supported.Contains(law))
            {
                SpeculationRuns.Compile(new DecodingOptions { Speculation = drafter });
                continue;
            }

            var message = Assert.Throws<ArgumentException>(() => SpeculationRuns.Compile(new DecodingOptions { Speculation = drafter })).Message;
            Assert.Contains($"\"{verifier}\"", message);
            Assert.Contains("\"test-law\"", message);
            Assert.Contains(law.ToString(), message);
        }
    }

    [Theory]
    [InlineData("typical")]
    [InlineData("lenient")]
    [InlineData("top-k-ratio")]
    public void A_verifier_that_only_greedy_text_survives_must_be_asked_for(string verifier)
    {
        var drafter = new DraftModelOptions { Model = "draft", Verifier = Verifier(verifier) };
        var message = Assert.Throws<ArgumentException>(() => SpeculationRuns.Compile(new DecodingOptions { Speculation = drafter })).Message;
        Assert.Contains($"\"{verifier}\" is GreedyEqual", message);
        Assert.Contains("requires Exact", message);
        SpeculationRuns.Compile(new DecodingOptions { Speculation = drafter with { Require = Guarantee.GreedyEqual } });
        SpeculationRuns.Compile(new DecodingOptions { Speculation = drafter with { Require = Guarantee.Lossy } });
    }

    [Fact]
    public void Every_verifier_of_the_registry_is_tested_here()
        => Assert.Equal(StrategySlot.Of(typeof(VerifierOptions)).Kinds.Order(), Supported.Select(row => (string)((object[])row)[0]).Order());

    private static VerifierOptions Verifier(string kind) => (VerifierOptions)StrategySlot.Of(typeof(VerifierOptions)).Default(kind)!;
}
