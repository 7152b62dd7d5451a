using Decant.Connectors.Models;
using Decant.Decoding;

namespace Decant.Connectors.Analysis;

/// <summary>Finds, from a checkpoint's weights alone, which attention heads talk to which, and in which directions of the residual stream.</summary>
/// <remarks>
/// <para>W₁ is an earlier head's output-value matrix, W₂ what a later head reads with: its query, key or value projection. Sources: Elhage and others, "A Mathematical
/// Framework for Transformer Circuits", 2021; Merullo, Eickhoff and Pavlick, "Talking Heads", 2024, whose components these are.</para>
/// <para>The gains of the norms before reading and behind writing are folded into the matrices, and so are those of queries and keys; what a norm divides by depends on the
/// text and is left out. LayerNorm's centring is folded in. Heads that share keys and values are listed each. Queries and keys are taken before the
/// rotary rotation, which changes the norm of no product: scores do not depend on positions, and do not tell at which distance a head looks.</para>
/// <para>Works in float64 and holds a copy of the attention weights; the time grows with the square of the number of heads.</para>
/// </remarks>
public sealed class AttentionCircuitAnalyzer
{
    private readonly Dictionary<AttentionHead, HeadMatrices> _heads = [];

    private AttentionCircuitAnalyzer(Checkpoint checkpoint)
    {
        for (var layer = 0; layer < checkpoint.Config.LayerCount; layer++)
        {
            var reader = new LayerMatrices(checkpoint, layer);
            for (var head = 0; head < checkpoint.Config.HeadCount; head++) _heads.Add(new AttentionHead(layer + 1, head), reader.Head(head));
        }
    }

    /// <summary>Reads a model folder.</summary>
    /// <exception cref="IOException">The folder, config.json or the weights are missing.</exception>
    /// <exception cref="InvalidDataException">A file is garbled, or a tensor is missing or of the wrong shape.</exception>
    /// <exception cref="NotSupportedException">The model type or a setting is unknown.</exception>
    public static AttentionCircuitAnalyzer Load(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return new AttentionCircuitAnalyzer(checkpoint);
    }

    /// <summary>Every pair of heads of different layers with every path, largest score first. A head that writes or reads nothing scores 0.</summary>
    /// <param name="cancellationToken">Observed between heads.</param>
    public IReadOnlyList<HeadComposition> CompositionScores(CancellationToken cancellationToken = default)
    {
        var scores = new List<HeadComposition>();
        foreach (var (earlier, writer) in _heads)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var (later, reader) in _heads)
            {
                if (later.Layer <= earlier.Layer) continue;
                foreach (var path in Enum.GetValues<CompositionPath>()) scores.Add(new HeadComposition(earlier, later, path, Score(reader.Of(path), writer)));
            }
        }

        return [.. scores.OrderByDescending(score => score.Score)];
    }

    /// <summary>Takes a pair apart: the singular directions in which the earlier head writes, ranked by how much of each the later head reads.</summary>
    /// <param name="pair">A pair from <see cref="CompositionScores"/>; its score is not used.</param>
    /// <exception cref="ArgumentException">The model has no such heads.</exception>
    public IReadOnlyList<CircuitComponent> Components(HeadComposition pair)
    {
        ArgumentNullException.ThrowIfNull(pair);
        if (!_heads.TryGetValue(pair.Earlier, out var writer) || !_heads.TryGetValue(pair.Later, out var later))
            throw new ArgumentException($"The model has no heads {pair.Earlier} and {pair.Later}.", nameof(pair));
        var reader = later.Of(pair.Path);
        var norm = reader.Norm();
        return [.. SingularVectors.Left(writer.Output, writer.Value)
            .Select(component => new CircuitComponent(
                new ResidualDirection([.. component.Vector.Select(value => (float)value)]), component.Value, norm > 0 ? reader.Times(component.Vector).Norm() / norm : 0, pair.Earlier.Layer))
            .OrderByDescending(component => component.Score)];
    }

    /// <summary>The composition score of what reads and what writes; 0 where one of them is 0.</summary>
    internal static double Score(Matrix reader, HeadMatrices writer)
    {
        var norms = reader.Norm() * writer.Norm;
        return norms > 0 ? writer.NormBehind(reader.Times(writer.Output)) / norms : 0;
    }
}
