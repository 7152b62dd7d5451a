using Decant.Connectors.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Decant.Connectors.Training;

/// <summary>Divergences between next-token distributions given as logits. Differentiable in the student's.</summary>
internal static class DistillationLoss
{
    /// <summary>The divergence summed over rows.</summary>
    /// <param name="student">Logits [rows, vocabulary].</param>
    /// <param name="teacher">Logits [rows, vocabulary].</param>
    /// <param name="options">Which divergence, at which temperature.</param>
    public static Tensor Sum(Tensor student, Tensor teacher, DistillationOptions options)
    {
        using var scope = NewDisposeScope();
        var cooling = KeptScalars.Of(1 / options.Temperature);
        var logQ = functional.log_softmax(student * cooling, -1);
        var logP = functional.log_softmax(teacher * cooling, -1);
        var sum = options.Divergence switch
        {
            Divergence.ForwardKl => Kl(logP, logQ),
            Divergence.ReverseKl => Kl(logQ, logP),
            Divergence.JensenShannon => JensenShannon(logP, logQ, options.Beta),
            Divergence.TotalVariation => logP.exp().add(logQ.exp(), KeptScalars.Of(-1)).abs().sum() * KeptScalars.Of(0.5),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Divergence, "Divergence is none of the known ones."),
        };
        return (sum * KeptScalars.Of(options.Temperature * options.Temperature)).MoveToOuterDisposeScope();
    }

    // Where a probability underflows to 0 its logarithm is very negative but finite, so that 0 · log stays 0.
    private static Tensor Kl(Tensor logP, Tensor logQ) => (logP.exp() * logP.add(logQ, KeptScalars.Of(-1))).sum();

    private static Tensor JensenShannon(Tensor logP, Tensor logQ, double beta)
    {
        var logM = logaddexp(logP.add(KeptScalars.Of(Math.Log(beta))), logQ.add(KeptScalars.Of(Math.Log(1 - beta))));
        return (Kl(logP, logM) * KeptScalars.Of(beta)).add(Kl(logQ, logM), KeptScalars.Of(1 - beta));
    }
}
