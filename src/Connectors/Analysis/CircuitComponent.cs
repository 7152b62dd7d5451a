using Decant.Decoding;

namespace Decant.Connectors.Analysis;

/// <summary>One direction in which a head writes, and how well another head reads it.</summary>
/// <param name="Direction">A unit vector of the residual stream; <see cref="ToEdit"/> makes an edit of it.</param>
/// <param name="Strength">The singular value of the earlier head's output-value matrix that belongs to it.</param>
/// <param name="Score">‖W₂d‖ / ‖W₂‖ for the direction d: the composition score of this part alone, 0 … 1.</param>
/// <param name="Layer">The earlier head's layer.</param>
public sealed record CircuitComponent(ResidualDirection Direction, double Strength, double Score, int Layer)
{
    /// <summary>An edit that scales the direction right behind the layer of the head that writes it.</summary>
    /// <param name="scale">0 removes it, 1 changes nothing.</param>
    public ResidualEdit ToEdit(float scale = 0) => new(Layer, Direction.Values.Span, scale);
}
