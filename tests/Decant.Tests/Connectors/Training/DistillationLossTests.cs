using Decant.Connectors.Torch;
using Decant.Connectors.Training;
using Decant.Tests.Connectors.Torch;
using static TorchSharp.torch;

namespace Decant.Tests.Connectors.Training;

public sealed class DistillationLossTests
{
    // p = (1/2, 1/4, 1/4), q = (1/4, 1/4, 1/2), by hand: both KL ½ ln 2 − ¼ ln 2 = ¼ ln 2; TV ¼.
    [TorchTheory]
    [InlineData(Divergence.ForwardKl, 0.17328680)]
    [InlineData(Divergence.ReverseKl, 0.17328680)]
    [InlineData(Divergence.TotalVariation, 0.25)]
    // m = (3/8, 1/4, 3/8): KL(p‖m) = ½ ln(4/3) + ¼ ln(2/3) = 0.04247, the same for q.
    [InlineData(Divergence.JensenShannon, 0.04247476)]
    public void HandComputed(Divergence divergence, double expected) =>
        Assert.Equal(expected, Value([0.25f, 0.25f, 0.5f], [0.5f, 0.25f, 0.25f], new DistillationOptions { Divergence = divergence }), 6);

    [TorchFact]
    public void ForwardAndReverseDiffer()
    {
        // p = (0.9, 0.1), q = (0.5, 0.5): KL(p‖q) = ln 2 − H(p) = 0.368064, KL(q‖p) = −½ ln(4 · 0.09) = 0.510826.
        Assert.Equal(0.3680642, Value([0.5f, 0.5f], [0.9f, 0.1f], new DistillationOptions()), 6);
        Assert.Equal(0.5108256, Value([0.5f, 0.5f], [0.9f, 0.1f], new DistillationOptions { Divergence = Divergence.ReverseKl }), 6);
    }

    [TorchFact]
    public void BetaWeighsTheTwoSides()
    {
        // β = 0.1: m = (0.54, 0.46); 0.1·KL(p‖m) + 0.9·KL(q‖m).
        var expected = 0.1 * (0.9 * Math.Log(0.9 / 0.54) + 0.1 * Math.Log(0.1 / 0.46)) + 0.9 * (0.5 * Math.Log(0.5 / 0.54) + 0.5 * Math.Log(0.5 / 0.46));
        Assert.Equal(expected, Value([0.5f, 0.5f], [0.9f, 0.1f], new DistillationOptions { Divergence = Divergence.JensenShannon, Beta = 0.1 }), 6);
    }

    [TorchFact]
    public void TemperatureSoftensBothAndKeepsTheGradientsSize()
    {
        // At temperature 2 the logits ln 0.9, ln 0.1 become (0.75, 0.25); 4 · KL((0.75, 0.25) ‖ (½, ½)).
        var expected = 4 * (Math.Log(2) + 0.75 * Math.Log(0.75) + 0.25 * Math.Log(0.25));
        Assert.Equal(expected, Value([0.5f, 0.5f], [0.9f, 0.1f], new DistillationOptions { Temperature = 2 }), 6);
    }

    [TorchTheory]
    [InlineData(Divergence.ForwardKl)]
    [InlineData(Divergence.ReverseKl)]
    [InlineData(Divergence.JensenShannon)]
    [InlineData(Divergence.TotalVariation)]
    public void GradientIsThatOfFiniteDifferences(Divergence divergence)
    {
        TorchBackend.Load();
        using var scope = NewDisposeScope();
        var options = new DistillationOptions { Divergence = divergence, Beta = 0.3, Temperature = 1.5 };
        double[] student = [0.3, -0.7, 1.1, 0.2], teacher = [1.0, 0.1, -0.4, 0.6];
        var x = tensor(student, [1, 4]).requires_grad_();
        DistillationLoss.Sum(x, tensor(teacher, [1, 4]), options).backward();
        var gradient = x.grad!.data<double>().ToArray();
        for (var i = 0; i < 4; i++)
        {
            double At(double step)
            {
                var moved = (double[])student.Clone();
                moved[i] += step;
                return DistillationLoss.Sum(tensor(moved, [1, 4]), tensor(teacher, [1, 4]), options).item<double>();
            }

            Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, gradient[i], 6);
        }
    }

    private static double Value(float[] q, float[] p, DistillationOptions options)
    {
        TorchBackend.Load();
        using var scope = NewDisposeScope();
        return DistillationLoss.Sum(tensor(q, [1, q.Length]).log(), tensor(p, [1, p.Length]).log(), options).item<float>();
    }
}
