using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>Tells from mean lookback ratios how likely a text is faithful to its documents: a logistic regression. It belongs to the model it was trained on.</summary>
/// <remarks>Immutable. Register it in <see cref="DecodingServices"/> under the name that <see cref="LookbackGuidanceOptions.Classifier"/> gives.</remarks>
public sealed class LookbackClassifier
{
    private readonly double[] _weights;

    /// <summary>Creates a classifier.</summary>
    /// <param name="layers">Layers of its model.</param>
    /// <param name="heads">Query heads of each.</param>
    /// <param name="weights">One per layer and head, layer by layer.</param>
    /// <param name="bias">The log-odds of ratios of 0.</param>
    /// <exception cref="ArgumentException">The number of weights is not layers × heads, or one is not finite.</exception>
    [JsonConstructor]
    public LookbackClassifier(int layers, int heads, IReadOnlyList<double> weights, double bias)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Count != layers * heads) throw new ArgumentException($"{layers} layers of {heads} heads need {layers * heads} weights, not {weights.Count}.", nameof(weights));
        if (!double.IsFinite(bias) || !weights.All(double.IsFinite)) throw new ArgumentException("Every weight and the bias must be finite.", nameof(weights));
        (Layers, Heads, Bias, _weights) = (layers, heads, bias, [.. weights]);
    }

    /// <summary>Layers of its model.</summary>
    public int Layers { get; }

    /// <summary>Query heads of each layer.</summary>
    public int Heads { get; }

    /// <summary>One per layer and head, layer by layer.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>The log-odds of ratios of 0.</summary>
    public double Bias { get; }

    /// <summary>Reads a classifier that <see cref="Save"/> wrote.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static LookbackClassifier Load(string path) => ClassifierFile.Load(path, LookbackJson.Default.LookbackClassifier, "a lookback classifier", nameof(LookbackTrainer));

    /// <summary>Writes the classifier as JSON.</summary>
    public void Save(string path) => ClassifierFile.Save(path, this, LookbackJson.Default.LookbackClassifier);

    /// <summary>How likely the text is faithful, 0 … 1.</summary>
    /// <param name="ratios">Mean lookback ratios, one per layer and head.</param>
    public double Probability(ReadOnlySpan<float> ratios)
    {
        if (ratios.Length != _weights.Length) throw new ArgumentException($"Give {_weights.Length} ratios, one per layer and head.", nameof(ratios));
        var logit = Bias;
        for (var i = 0; i < ratios.Length; i++) logit += _weights[i] * ratios[i];
        return 1 / (1 + Math.Exp(-logit));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LookbackClassifier))]
internal sealed partial class LookbackJson : JsonSerializerContext;
