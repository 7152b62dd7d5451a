using static TorchSharp.torch;

namespace Decant.Connectors.Training;

/// <summary>Brings every number of a hidden state to mean 0 and deviation 1, so that a few steps of descent are enough.</summary>
internal sealed class Standardization
{
    /// <param name="states">The states that means and deviations are taken of.</param>
    public Standardization(IReadOnlyList<float[]> states)
    {
        var width = states[0].Length;
        (Means, Deviations) = (new double[width], new double[width]);
        for (var i = 0; i < width; i++)
        {
            Means[i] = states.Average(state => (double)state[i]);
            Deviations[i] = Math.Sqrt(Math.Max(1e-12, states.Average(state => Math.Pow(state[i] - Means[i], 2))));
        }
    }

    public double[] Means { get; }

    public double[] Deviations { get; }

    /// <summary>[states, width], the surrounding scope's.</summary>
    public Tensor Apply(IReadOnlyList<float[]> states)
        => tensor([.. states.SelectMany(state => state.Select((value, i) => (float)((value - Means[i]) / Deviations[i])))], [states.Count, Means.Length]);
}
