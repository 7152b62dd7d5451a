using static Decant.Tests.Decoding.Contrast.ContrastRows;

namespace Decant.Tests.Decoding.Contrast;

/// <summary>GeDi: worked numbers, the evidence of earlier tokens, and the published filter against a slow reference.</summary>
public class ClassConditionalTests
{
    private static readonly ClassConditionalOptions _plain = new() { Expert = "wanted", AntiExpert = "unwanted", Omega = 1, FilterP = 1 };

    [Fact]
    public void Worked_numbers()
    {
        float[] model = Logs(.6, .4), wanted = Logs(.2, .8), unwanted = Logs(.8, .2);
        AssertNear([.2727, .7273], Of(_plain, model, wanted, unwanted).Probabilities);
        AssertNear([.7273, .2727], Of(_plain, Logs(.4, .6), unwanted, wanted).Probabilities);

        // A bias of ln 4: P = .5 and .9412.
        AssertNear([.4435, .5565], Of(_plain with { Bias = MathF.Log(4) }, model, wanted, unwanted).Probabilities);
        AssertNear([.0857, .9143], Of(_plain with { Omega = 2 }, model, wanted, unwanted).Probabilities);
        Assert.Equal(E, Of(_plain with { Omega = 0 }, E, A, M).Logits);
        Assert.Equal(1, Of(_plain, E, A, M).Report.Weight);
    }

    [Fact]
    public void Earlier_tokens_are_evidence_and_the_mean_counts()
    {
        float[] model = Logs(.6, .4), wanted = Logs(.2, .8), unwanted = Logs(.8, .2);
        var plan = DecodingPlan.Compile(new DecodingOptions { Contrast = _plain, Sampling = new SamplingOptions { Seed = 1 } }, Context());
        var (state, row) = (plan.CreateState([0]), new TokenDistribution());
        var random = new Random(3);
        List<int> drawn = [];
        for (var step = 0; step < 200; step++)
        {
            plan.Target.Row(new BranchRows([Row(model), Row(wanted), Row(unwanted)]), state, row);
            var sum = drawn.Sum(token => Math.Log(token == 0 ? .25 : 4));
            double[] weights = [.. Enumerable.Range(0, 2).Select(id => (id == 0 ? .6 : .4) / (1 + Math.Exp(-(sum + Math.Log(id == 0 ? .25 : 4)) / (drawn.Count + 1))))];
            AssertNear([.. weights.Select(weight => weight / weights.Sum())], [row.ProbabilityOf(0), row.ProbabilityOf(1)]);
            switch (random.Next(5))
            {
                case 0:
                    var count = random.Next(drawn.Count + 1);
                    state.Rollback(count);
                    drawn.RemoveRange(drawn.Count - count, count);
                    break;
                case 1:
                    state = state.Fork();
                    break;
                case 2:
                    // A token that was given is no evidence.
                    state.Commit(1);
                    plan.Target.Row(new BranchRows([Row(model), Row(wanted), Row(unwanted)]), state, row);
                    AssertNear([.. weights.Select(weight => weight / weights.Sum())], [row.ProbabilityOf(0), row.ProbabilityOf(1)]);
                    state.Rollback(1);
                    break;
                default:
                    drawn.Add(random.Next(2));
                    state.Commit(drawn[^1], row);
                    break;
            }
        }
    }

    [Fact]
    public void The_filter_keeps_what_the_published_one_keeps()
    {
        var random = new Random(4);
        var removed = 0;
        for (var round = 0; round < 300; round++)
        {
            float[] Random() => [.. Enumerable.Range(0, 12).Select(_ => 4 * (float)random.NextDouble())];
            var (model, wanted, unwanted) = (Random(), Random(), Random());
            var options = _plain with { Omega = 1 + (4 * random.NextSingle()), FilterP = .3f + (.6f * random.NextSingle()), TargetP = .2f + (.7f * random.NextSingle()) };
            var (pw, pu) = (Softmax(wanted), Softmax(unwanted));
            double[] odds = [.. Enumerable.Range(0, 12).Select(id => Math.Log(pw[id] / pu[id]))];
            var posterior = Softmax(Of(options with { FilterP = 1 }, model, wanted, unwanted).Logits);
            HashSet<int> kept = [];
            var mass = 0.0;
            foreach (var id in Enumerable.Range(0, 12).OrderByDescending(id => odds[id]))
            {
                if (mass < options.FilterP || 1 / (1 + Math.Exp(-odds[id])) >= options.TargetP) kept.Add(id);
                mass += posterior[id];
            }

            var (_, probabilities, report) = Of(options, model, wanted, unwanted);
            Assert.Equal(kept.Order(), Enumerable.Range(0, 12).Where(id => probabilities[id] > 0));
            Assert.Equal(12 - kept.Count, report.ImplausibleCount);
            removed += 12 - kept.Count;
        }

        Assert.InRange(removed, 500, 3000);
    }

    [Fact]
    public void A_constraint_may_leave_what_the_filter_put_aside()
    {
        float[] model = Logs(.5, .3, .2), wanted = Logs(.8, .1, .1), unwanted = Logs(.1, .1, .8);
        var options = _plain with { Omega = 30, FilterP = .5f };
        Assert.Equal([1, 0, 0], Of(options, model, wanted, unwanted).Probabilities);
        var plan = DecodingPlan.Compile(new DecodingOptions { Contrast = options, Constraints = [new ChoiceOptions { Choices = ["c"] }] }, new TestVocabulary("a", "b", "c").Context);
        var row = new TokenDistribution();
        plan.Target.Row(new BranchRows([Row(model), Row(wanted), Row(unwanted)]), plan.CreateState([0]), row);
        Assert.Equal(1, row.ProbabilityOf(2));
    }

    [Fact]
    public void Readers_are_models_or_prompts()
    {
        var branches = new ClassConditionalOptions { PositivePrompt = "Be kind.", AntiExpert = "rude", NegativePrompt = "Go on." }.Compile(Context()).Branches;
        Assert.Equal([BranchRequest.Target, new BranchRequest("wanted", null, new BranchPrompt.SystemMessage("Be kind.")), new BranchRequest("unwanted", "rude", new BranchPrompt.SystemMessage("Go on."))], branches);
        Assert.Equal(BranchPrompt.Same, _plain.Compile(Context()).Branches[1].Prompt);
    }

    private static float[] Logs(params double[] probabilities) => [.. probabilities.Select(probability => (float)Math.Log(probability))];
}
