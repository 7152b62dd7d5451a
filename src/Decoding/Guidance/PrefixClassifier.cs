using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>
/// Reads a text token by token and says at any point how likely the finished text has an attribute: embeddings, a gated recurrent unit, a logistic output. It belongs to a vocabulary, not to a model.
/// </summary>
/// <remarks>
/// Yang and Klein, "FUDGE: Controlled Text Generation With Future Discriminators" (2021). Immutable and safe for concurrent use. Register it in <see cref="DecodingServices"/> under the name that
/// <see cref="PrefixClassifierOptions.Classifier"/> gives. An id outside the vocabulary (padding) is passed over.
/// </remarks>
public sealed class PrefixClassifier
{
    /// <summary>The largest <see cref="Width"/> and the largest <see cref="StateSize"/>.</summary>
    public const int MaxSize = 512;

    private readonly float[] _weights;
    private readonly int _input;
    private readonly int _recurrent;
    private readonly int _biases;
    private readonly int _output;

    /// <summary>Creates a classifier.</summary>
    /// <param name="vocabulary">The vocabulary whose tokens it reads.</param>
    /// <param name="width">Numbers of a token's embedding; 1 … 512.</param>
    /// <param name="stateSize">Numbers of the recurrent state; 1 … 512.</param>
    /// <param name="weights">
    /// Little-endian float32 values: the embedding of every token; the weights from the embedding to the gates [width, 3 · state], reset, update and candidate side by side; those from the state to the gates
    /// [state, 3 · state]; the biases of the former [3 · state] and of the latter [3 · state]; the output's weights [state] and its bias.
    /// </param>
    /// <exception cref="ArgumentException">A size is out of range, the number of weights is not what the sizes make, or one is not finite.</exception>
    [JsonConstructor]
    public PrefixClassifier(VocabularyId vocabulary, int width, int stateSize, ReadOnlyMemory<byte> weights)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary.Count, 1, nameof(vocabulary));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, MaxSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(stateSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stateSize, MaxSize);
        var count = ((long)vocabulary.Count * width) + (3L * stateSize * (width + stateSize + 2)) + stateSize + 1;
        if (weights.Length != count * sizeof(float))
            throw new ArgumentException($"{vocabulary.Count} tokens, width {width} and state size {stateSize} need {count} weights of four bytes, not {weights.Length} bytes.", nameof(weights));
        (Vocabulary, Width, StateSize) = (vocabulary, width, stateSize);
        _input = vocabulary.Count * width;
        _recurrent = _input + (width * 3 * stateSize);
        _biases = _recurrent + (stateSize * 3 * stateSize);
        _output = _biases + (6 * stateSize);
        _weights = MemoryMarshal.Cast<byte, float>(weights.Span).ToArray();
        if (!Array.TrueForAll(_weights, float.IsFinite)) throw new ArgumentException("Every weight must be finite.", nameof(weights));
    }

    /// <summary>The vocabulary whose tokens it reads.</summary>
    public VocabularyId Vocabulary { get; }

    /// <summary>Numbers of a token's embedding.</summary>
    public int Width { get; }

    /// <summary>Numbers of the recurrent state.</summary>
    public int StateSize { get; }

    /// <summary>The weights, as they are given to the constructor.</summary>
    public ReadOnlyMemory<byte> Weights => MemoryMarshal.AsBytes(_weights.AsSpan()).ToArray();

    /// <summary>Reads a classifier that <see cref="Save"/> wrote.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static PrefixClassifier Load(string path) => ClassifierFile.Load(path, PrefixClassifierJson.Default.PrefixClassifier, "a prefix classifier", "PrefixClassifierTrainer");

    /// <summary>Writes the classifier as JSON, its weights in base64.</summary>
    public void Save(string path) => ClassifierFile.Save(path, this, PrefixClassifierJson.Default.PrefixClassifier);

    /// <summary>How likely a text that begins with these tokens has the attribute, 0 … 1.</summary>
    /// <param name="tokens">The text so far; empty for what is likely of any text.</param>
    public double Probability(ReadOnlySpan<int> tokens) => Probabilities(tokens)[^1];

    /// <summary>The same for every beginning of the tokens: one more number than there are tokens, the first for the empty one.</summary>
    public double[] Probabilities(ReadOnlySpan<int> tokens)
    {
        var probabilities = new double[tokens.Length + 1];
        Span<float> state = stackalloc float[StateSize], next = stackalloc float[StateSize];
        state.Clear();
        for (var i = 0; ; i++)
        {
            probabilities[i] = 1 / (1 + Math.Exp(-Odds(state)));
            if (i == tokens.Length) return probabilities;
            Read(state, tokens[i], next);
            next.CopyTo(state);
        }
    }

    /// <summary>The state after another token.</summary>
    /// <param name="state">The state before it; zeros at a text's beginning.</param>
    /// <param name="token">The token.</param>
    /// <param name="next">Receives the state after it; other memory.</param>
    internal void Read(ReadOnlySpan<float> state, int token, Span<float> next)
    {
        Span<float> recurrent = stackalloc float[3 * StateSize];
        FillRecurrent(state, recurrent);
        Step(state, recurrent, token, next);
    }

    /// <summary>For each token that may come next, the log-odds that the text with it has the attribute. What they share is computed once.</summary>
    internal void Score(ReadOnlySpan<float> state, ReadOnlySpan<int> candidates, Span<float> odds)
    {
        Span<float> recurrent = stackalloc float[3 * StateSize], next = stackalloc float[StateSize];
        FillRecurrent(state, recurrent);
        for (var i = 0; i < candidates.Length; i++)
        {
            Step(state, recurrent, candidates[i], next);
            odds[i] = Odds(next);
        }
    }

    private float Odds(ReadOnlySpan<float> state) => TensorPrimitives.Dot(state, _weights.AsSpan(_output, StateSize)) + _weights[^1];

    private void FillRecurrent(ReadOnlySpan<float> state, Span<float> gates)
    {
        _weights.AsSpan(_biases + gates.Length, gates.Length).CopyTo(gates);
        AddProduct(state, _recurrent, gates);
    }

    // r, z = σ(input + recurrent); n = tanh(input + r · recurrent); next = n + z · (state − n)
    private void Step(ReadOnlySpan<float> state, ReadOnlySpan<float> recurrent, int token, Span<float> next)
    {
        if ((uint)token >= (uint)Vocabulary.Count)
        {
            state.CopyTo(next);
            return;
        }

        Span<float> gates = stackalloc float[3 * StateSize];
        _weights.AsSpan(_biases, gates.Length).CopyTo(gates);
        AddProduct(_weights.AsSpan(token * Width, Width), _input, gates);
        var both = gates[..(2 * StateSize)];
        TensorPrimitives.Add(both, recurrent[..both.Length], both);
        TensorPrimitives.Sigmoid(both, both);
        var candidate = gates[both.Length..];
        TensorPrimitives.MultiplyAdd(both[..StateSize], recurrent[both.Length..], candidate, candidate);
        TensorPrimitives.Tanh(candidate, candidate);
        TensorPrimitives.Subtract(state, candidate, next);
        TensorPrimitives.MultiplyAdd(both[StateSize..], next, candidate, next);
    }

    private void AddProduct(ReadOnlySpan<float> vector, int matrix, Span<float> sums)
    {
        for (var i = 0; i < vector.Length; i++) TensorPrimitives.MultiplyAdd(_weights.AsSpan(matrix + (i * sums.Length), sums.Length), vector[i], sums, sums);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PrefixClassifier))]
internal sealed partial class PrefixClassifierJson : JsonSerializerContext;
