using static Decant.Tests.Decoding.Contrast.ContrastRows;

namespace Decant.Tests.Decoding.Contrast;

/// <summary>Numbers worked by hand.</summary>
public class WorkedNumbersTests
{
    private const float None = float.NegativeInfinity;

    [Fact]
    public void Context_aware()
    {
        var (logits, probabilities, report) = Of(new ContextAwareOptions(), E, A);
        AssertNear([3, 0.5, -0.5, -1], logits);
        AssertNear([0.8845, 0.0726, 0.0267, 0.0162], probabilities);
        Assert.Equal(0.5f, report.Weight);
        AssertNear([2.3, 0.85, -0.15, -1], Of(new ContextAwareOptions { Alpha = 0.15f }, E, A).Logits);
        Assert.Equal(E, Of(new ContextAwareOptions { Alpha = 0 }, E, A).Logits);
    }

    [Fact]
    public void Adaptive_context_aware()
    {
        var (logits, probabilities, report) = Of(new AdaptiveContextAwareOptions(), E, A);
        AssertNear([0.1867, 0.1867], [report.Divergence!.Value, report.Weight!.Value]);
        AssertNear([2.3733, 0.8133, -0.1867, -1], logits);
        AssertNear([0.7566, 0.1590, 0.0585, 0.0259], probabilities);

        float[] agreeing = [1.8f, 1.1f, 0, -1];
        (logits, _, report) = Of(new AdaptiveContextAwareOptions(), E, agreeing);
        AssertNear([0.0022], [report.Weight!.Value]);
        AssertNear([2.0004, 0.9998, 0, -1], logits);
        AssertNear([2.06, 0.97, 0, -1], Of(new AdaptiveContextAwareOptions { MinAlpha = 0.3f }, E, agreeing).Logits);
        AssertNear([2.2, 0.9, -0.1, -1], Of(new AdaptiveContextAwareOptions { MaxAlpha = 0.1f }, E, A).Logits);

        (logits, _, report) = Of(new AdaptiveContextAwareOptions { DivergenceBase = DivergenceBase.Two }, E, A);
        AssertNear([0.2693, 0.1867], [report.Weight!.Value, report.Divergence!.Value]);
        AssertNear([2.5386, 0.7307, -0.2693, -1], logits);
    }

    [Fact]
    public void Entropy_constrained_context()
    {
        float[] with = [2, 1.8f, 1.6f, 0.2f, -1, -4];
        float[] without = [0, 2, 1, 0.5f, 0, -1];
        var (logits, probabilities, _) = Of(new EntropyConstrainedContextOptions(), with, without);
        AssertNear([0.6565, -1.7435, -1.1435, -2.7957, -3.9957, -10.3435], logits);
        AssertNear([0.7709, 0.0699, 0.1274, 0.0244, 0.0074, 0.0000], probabilities);
    }

    [Fact]
    public void Guidance()
    {
        var logits = Of(new GuidanceOptions(), E, A).Logits;
        AssertNear([0.5598, -1.9402, -2.9402, -3.4402], logits);
        Assert.Equal(E, Of(new GuidanceOptions { Scale = 1 }, E, A).Logits);
        AssertNear(Softmax(A), Of(new GuidanceOptions { Scale = 0 }, E, A).Probabilities);
        foreach (var scale in (float[])[1, 1.5f, 4])
        {
            // γ = 1 + α is context-aware decoding.
            AssertNear(Of(new ContextAwareOptions { Alpha = scale - 1 }, E, A).Probabilities, Of(new GuidanceOptions { Scale = scale }, E, A).Probabilities);
        }
    }

    [Fact]
    public void Leading_query()
    {
        var options = new LeadingQueryOptions { NeutralQuery = "Which?", Plausibility = 0 };
        var (logits, probabilities, _) = Of(options, [1, 0.8f, -1], [0.2f, 2, -1]);
        AssertNear([1.8, -0.4, -1], logits);
        AssertNear([0.5118], [Softmax([1, 0.8f, -1])[0]]);
        AssertNear([0.8535], [probabilities[0]]);
        var plausible = Of(options with { Plausibility = 0.2f }, [1, 0.8f, -1], [0.2f, 2, -1]);
        AssertNear([1.8, -0.4, None], plausible.Logits);
        Assert.Equal(1, plausible.Report.ImplausibleCount);
    }

    [Fact]
    public void Amateur()
    {
        var (logits, probabilities, report) = Of(new AmateurContrastOptions { Model = "small", Temperature = 1 }, E, A);
        AssertNear([2, -1, -1, None], logits);
        AssertNear([0.9094, 0.0453, 0.0453, 0], probabilities);
        Assert.Equal(1, report.ImplausibleCount);
        AssertNear([3.7049, -1.2951, -0.2951, None], Of(new AmateurContrastOptions { Model = "small" }, E, A).Logits);
        Assert.Equal(E, Of(new AmateurContrastOptions { Model = "small", Coefficient = 0, Plausibility = 0 }, E, A).Logits);
    }

    [Fact]
    public void Induced_contrast()
    {
        var options = new InducedContrastOptions { NegativeSystemPrompt = "Lie.", Plausibility = 0 };
        AssertNear([2, -1, -1, 0], Of(options, E, A).Logits);
        AssertNear([1.5598, -2.4402, -3.4402, -3.4402], Of(options with { Beta = 2 }, E, A).Logits);
        AssertNear([2, -1, -1, None], Of(options with { Plausibility = 0.1f }, E, A).Logits);
    }

    [Fact]
    public void Proxy_tuning_and_experts()
    {
        float[] target = [1, 2, 0];
        float[] tuned = [3, 0, 1];
        float[] untuned = [1, 1, 1];
        var options = new ProxyTuningOptions { Expert = "tuned", AntiExpert = "untuned" };
        var (logits, probabilities, _) = Of(options, target, tuned, untuned);
        AssertNear([3, 1, 0], logits);
        AssertNear([0.2447, 0.8438], [Softmax(target)[0], probabilities[0]]);
        AssertNear([1.8, 1.6, 0], Of(options with { Alpha = 0.4f }, target, tuned, untuned).Logits);
        Assert.Equal(target, Of(options with { Alpha = 0 }, target, tuned, untuned).Logits);

        var experts = Of(new DExpertsOptions { Expert = "tuned", AntiExpert = "untuned" }, target, tuned, untuned);
        Assert.InRange(Softmax(target)[..2].Sum(), 0.9099, 0.9100);
        AssertNear([5, 0, None], experts.Logits);
        Assert.Equal(1, experts.Report.ImplausibleCount);
    }

    [Fact]
    public void Layer_contrast()
    {
        var (logits, _, report) = Of(new LayerContrastOptions { CandidateLayers = [0, 1] }, Context(), Row(E, A, M));
        AssertNear([2, -1, -1, None], logits);
        AssertNear([0.1867], [report.Divergence!.Value]);
        Assert.Equal(0, report.Layer);
        AssertNear([0.0156], [Of(new LayerContrastOptions { CandidateLayers = [1] }, Context(), Row(E, A, M)).Report.Divergence!.Value]);

        var code = new LayerContrastOptions { Divergence = LayerDivergence.ReferenceCode, CandidateLayers = [0, 1] };
        AssertNear([0.05773], [Of(code, Context(), Row(E, A, M)).Report.Divergence!.Value]);
        AssertNear([0.00394], [Of(code with { CandidateLayers = [1] }, Context(), Row(E, A, M)).Report.Divergence!.Value]);
    }

    [Fact]
    public void Logits_evolution()
    {
        var options = new LogitsEvolutionOptions { TopK = 3, Steps = 1 };
        AssertNear([2.7122, 0.5262, -0.1743, None], Of(options, Context(), Row(E, A, M)).Logits);
        var (logits, probabilities, report) = Of(options with { Steps = 10 }, Context(), Row(E, A, M));
        AssertNear([3.5789, 0.0406, -0.4394, None], logits);
        AssertNear([0.9551, 0.0278, 0.0172, 0], probabilities);
        Assert.Equal(1, report.ImplausibleCount);

        // Layers that are where the last one is point nowhere.
        Assert.Equal(E, Of(options, Context(), Row(E, E, E)).Logits);
        Assert.Equal(E, Of(options with { Rate = 0 }, Context(), Row(E, A, M)).Logits);
    }

    [Fact]
    public void Grounding()
    {
        var services = new DecodingServices().Add<ITokenGrounder>("affordance", new Scores(0.1f, 0.9f, 0.5f)).Add<ITokenGrounder>("safety", new Scores(1, 1, 0)).Add<ITokenGrounder>("nothing", new Scores(0, 0, 0));
        float[] model = [MathF.Log(0.6f), MathF.Log(0.3f), MathF.Log(0.1f)];
        var options = new GroundingOptions { Grounders = ["affordance", "safety"] };
        var (logits, probabilities, _) = Of(options, Context(services: services), Row(model));
        AssertNear([0.06, 0.27, 0], logits.Select(logit => Math.Exp(logit)));
        AssertNear([0.1818, 0.8182, 0], probabilities);

        var exception = Assert.Throws<NothingGroundedException>(() => Of(options with { Grounders = ["safety", "nothing"] }, Context(services: services), Row(model)));
        Assert.Contains("safety and nothing", exception.Message);
        AssertNear([0.6, 0.3, 0.1], Of(options with { Grounders = ["nothing"], Floor = 0.01f }, Context(services: services), Row(model)).Probabilities);
        Assert.Equal(model, Of(options with { Weight = 0 }, Context(services: services), Row(model)).Logits);
        AssertNear([0, 1, 0], Of(options with { Candidates = 2, Grounders = ["affordance"], Weight = 10 }, Context(services: services), Row(model)).Probabilities.Select(p => Math.Round(p, 3)));
        Assert.Contains("affordance, nothing, safety", Assert.Throws<ArgumentException>(() => Of(options with { Grounders = ["other"] }, Context(services: services), Row(model))).Message);
    }

    [Fact]
    public void Retrieval_marginalization()
    {
        var context = Context(documentScores: [1, 0]);
        var (_, probabilities, report) = Of(new RetrievalMarginalizationOptions(), context, Row([MathF.Log(0.9f), MathF.Log(0.1f)]), Row([MathF.Log(0.4f), MathF.Log(0.6f)]));
        AssertNear([0.7655], [probabilities[0]]);
        AssertNear([0.7311], [report.Weight!.Value]);
        Assert.Equal(E, Of(new RetrievalMarginalizationOptions { Contexts = 1 }, context, Row(E)).Logits);

        // Reordered by score; the best one is the target.
        var policy = new RetrievalMarginalizationOptions { Contexts = 2 }.Compile(Context(documentScores: [0, 3, 2]));
        Assert.Equal([new BranchPrompt.OneDocument(1), new BranchPrompt.OneDocument(2)], policy.Branches.Select(branch => branch.Prompt));
        Assert.Contains("WithDocuments", Assert.Throws<ArgumentException>(() => new RetrievalMarginalizationOptions().Compile(Context())).Message);
    }

    private sealed class Scores(params float[] values) : ITokenGrounder
    {
        public void Score(ReadOnlySpan<int> prefix, ReadOnlySpan<int> candidates, Span<float> scores)
        {
            for (var i = 0; i < candidates.Length; i++) scores[i] = values[candidates[i]];
        }
    }
}
