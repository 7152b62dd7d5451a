using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>
/// Tells from a small model's largest probabilities whether a larger one would write another token: a support vector machine with the kernel exp(−γ |x − y|²). Made by
/// <see cref="RouteClassifierTrainer"/>; it belongs to the two models it was trained on.
/// </summary>
/// <remarks>Immutable. Register it in <see cref="DecodingServices"/> under the name that <see cref="CollaborationOptions.Classifier"/> gives.</remarks>
public sealed class RouteClassifier
{
    private readonly double[][] _vectors;
    private readonly double[] _weights;

    /// <summary>Creates a classifier.</summary>
    /// <param name="vectors">Support vectors, <see cref="CollaborationOptions.Features"/> numbers each.</param>
    /// <param name="weights">One per vector: above 0 for those where the models differ.</param>
    /// <param name="bias">What is added to the weighted kernels.</param>
    /// <param name="gamma">γ; above 0.</param>
    /// <exception cref="ArgumentException">The numbers do not go together, or one is not finite.</exception>
    [JsonConstructor]
    public RouteClassifier(IReadOnlyList<IReadOnlyList<double>> vectors, IReadOnlyList<double> weights, double bias, double gamma)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(weights);
        if (vectors.Count != weights.Count || vectors.Any(vector => vector.Count != CollaborationOptions.Features)) throw new ArgumentException($"Give one weight for each vector of {CollaborationOptions.Features} numbers.", nameof(vectors));
        if (!double.IsFinite(bias) || !weights.All(double.IsFinite) || !vectors.All(vector => vector.All(double.IsFinite))) throw new ArgumentException("Every number must be finite.", nameof(weights));
        if (!double.IsFinite(gamma) || gamma <= 0) throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "gamma must be above 0.");
        (_vectors, _weights, Bias, Gamma) = ([.. vectors.Select(vector => vector.ToArray())], [.. weights], bias, gamma);
    }

    /// <summary>Support vectors.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Vectors => _vectors;

    /// <summary>One per vector.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>What is added to the weighted kernels.</summary>
    public double Bias { get; }

    /// <summary>How fast a vector's influence falls with the squared distance.</summary>
    public double Gamma { get; }

    /// <summary>Reads a classifier that <see cref="Save"/> wrote.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static RouteClassifier Load(string path) => ClassifierFile.Load(path, RouteJson.Default.RouteClassifier, "a route classifier", nameof(RouteClassifierTrainer));

    /// <summary>Writes the classifier as JSON.</summary>
    public void Save(string path) => ClassifierFile.Save(path, this, RouteJson.Default.RouteClassifier);

    /// <summary>Above 0 where the models are expected to differ.</summary>
    /// <param name="top">The small model's largest probabilities, in descending order.</param>
    public double Score(ReadOnlySpan<double> top)
    {
        var score = Bias;
        for (var i = 0; i < _vectors.Length; i++) score += _weights[i] * Kernel(_vectors[i], top, Gamma);
        return score;
    }

    internal static double Kernel(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double gamma)
    {
        var squares = 0.0;
        for (var i = 0; i < x.Length; i++) squares += (x[i] - y[i]) * (x[i] - y[i]);
        return Math.Exp(-gamma * squares);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RouteClassifier))]
internal sealed partial class RouteJson : JsonSerializerContext;
