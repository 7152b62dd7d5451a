using System.Numerics.Tensors;
using Decant.Connectors.Models;

namespace Decant.Connectors.Rewards;

/// <summary>
/// Two linear maps of a model's pooled hidden states, one for prefixes and one for continuations, whose images have a large dot product where the continuation follows the prefix. They belong to that model.
/// </summary>
/// <remarks>Immutable.</remarks>
public sealed class SegmentProjections
{
    private const string Biases = "bias";

    private readonly float[] _prefix;
    private readonly float[] _continuation;
    private readonly float[] _prefixBias;
    private readonly float[] _continuationBias;

    /// <summary>Creates projections.</summary>
    /// <param name="stateSize">Numbers of a hidden state.</param>
    /// <param name="pooling">What became of a text's states.</param>
    /// <param name="prefix">The prefixes' map, [width, state size] row by row.</param>
    /// <param name="prefixBias">Added to their images, [width].</param>
    /// <param name="continuation">The continuations' map.</param>
    /// <param name="continuationBias">Added to theirs.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, or a number is not finite.</exception>
    public SegmentProjections(int stateSize, StatePooling pooling, ReadOnlySpan<float> prefix, ReadOnlySpan<float> prefixBias, ReadOnlySpan<float> continuation, ReadOnlySpan<float> continuationBias)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stateSize, 1);
        if (prefixBias.IsEmpty || prefix.Length != prefixBias.Length * stateSize || continuation.Length != prefix.Length || continuationBias.Length != prefixBias.Length)
            throw new ArgumentException($"The maps must have as many rows as the biases numbers, each of {stateSize} numbers.", nameof(prefix));
        (StateSize, Pooling, _prefix, _prefixBias, _continuation, _continuationBias) = (stateSize, pooling, prefix.ToArray(), prefixBias.ToArray(), continuation.ToArray(), continuationBias.ToArray());
        foreach (var values in (float[][])[_prefix, _prefixBias, _continuation, _continuationBias])
        {
            if (!Array.TrueForAll(values, float.IsFinite)) throw new ArgumentException("Every number must be finite.", nameof(prefix));
        }
    }

    /// <summary>Numbers of a hidden state.</summary>
    public int StateSize { get; }

    /// <summary>Numbers of an image.</summary>
    public int Width => _prefixBias.Length;

    /// <summary>What became of a text's states.</summary>
    public StatePooling Pooling { get; }

    /// <summary>Reads projections that <see cref="Save"/> wrote.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static SegmentProjections Load(string path)
    {
        using var file = new SafetensorsFile(path);
        float[] Read(string name)
        {
            if (!file.Tensors.TryGetValue(name, out var tensor))
                throw new InvalidDataException($"{path} holds no segment projections: there is no tensor {name}. Train them with SegmentScorerTrainer and save them.");
            var values = new float[tensor.Count];
            tensor.CopyTo(values);
            return values;
        }

        var (prefixBias, pooling) = (Read($"prefix.{Biases}"), Read("pooling"));
        var prefix = Read("prefix");
        try
        {
            return new SegmentProjections(prefix.Length / Math.Max(1, prefixBias.Length), (StatePooling)pooling[0], prefix, prefixBias, Read("continuation"), Read($"continuation.{Biases}"));
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException($"{path} holds no segment projections: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the projections as a safetensors file.</summary>
    public void Save(string path) => SafetensorsWriter.Write(path,
    [
        ("prefix", [Width, StateSize], () => _prefix), ($"prefix.{Biases}", [Width], () => _prefixBias),
        ("continuation", [Width, StateSize], () => _continuation), ($"continuation.{Biases}", [Width], () => _continuationBias),
        ("pooling", [1], () => [(float)Pooling]),
    ]);

    /// <summary>The image of a prefix's pooled state.</summary>
    public float[] Prefix(ReadOnlySpan<float> state) => Map(state, _prefix, _prefixBias);

    /// <summary>The image of a continuation's pooled state.</summary>
    public float[] Continuation(ReadOnlySpan<float> state) => Map(state, _continuation, _continuationBias);

    private static float[] Map(ReadOnlySpan<float> state, float[] rows, float[] biases)
    {
        var image = new float[biases.Length];
        for (var i = 0; i < image.Length; i++) image[i] = biases[i] + TensorPrimitives.Dot(state, rows.AsSpan(i * state.Length, state.Length));
        return image;
    }
}
