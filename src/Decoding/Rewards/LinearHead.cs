using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>A linear function of a hidden state: the logit of a logistic regression, or a predicted value. It belongs to the model whose states it was trained on.</summary>
/// <remarks>Immutable.</remarks>
public sealed class LinearHead
{
    private readonly double[] _weights;

    /// <summary>Creates a head.</summary>
    /// <param name="weights">One per number of a state; at least one.</param>
    /// <param name="bias">The score of a state of zeros.</param>
    /// <exception cref="ArgumentException">There are no weights, or a number is not finite.</exception>
    [JsonConstructor]
    public LinearHead(IReadOnlyList<double> weights, double bias)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Count == 0) throw new ArgumentException("Give one weight for each number of a state.", nameof(weights));
        if (!double.IsFinite(bias) || !weights.All(double.IsFinite)) throw new ArgumentException("Every weight and the bias must be finite.", nameof(weights));
        (_weights, Bias) = ([.. weights], bias);
    }

    /// <summary>One per number of a state.</summary>
    public IReadOnlyList<double> Weights => _weights;

    /// <summary>The score of a state of zeros.</summary>
    public double Bias { get; }

    /// <summary>Numbers of a state.</summary>
    [JsonIgnore]
    public int Width => _weights.Length;

    /// <summary>Reads a head that <see cref="Save"/> wrote.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static LinearHead Load(string path) => ClassifierFile.Load(path, LinearHeadJson.Default.LinearHead, "a linear head", "RewardHeadTrainer");

    /// <summary>Writes the head as JSON.</summary>
    public void Save(string path) => ClassifierFile.Save(path, this, LinearHeadJson.Default.LinearHead);

    /// <summary>The weighted sum of a state's numbers, and the bias: a logit where the head was trained to tell two classes apart.</summary>
    /// <param name="state">The state, of <see cref="Width"/> numbers.</param>
    /// <exception cref="ArgumentException">It has another number of them.</exception>
    public double Score(ReadOnlySpan<float> state)
    {
        if (state.Length != Width) throw new ArgumentException($"The head was trained on states of {Width} numbers, and this one has {state.Length}: use the model it was trained with.", nameof(state));
        var score = Bias;
        for (var i = 0; i < state.Length; i++) score += _weights[i] * state[i];
        return score;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LinearHead))]
internal sealed partial class LinearHeadJson : JsonSerializerContext;
