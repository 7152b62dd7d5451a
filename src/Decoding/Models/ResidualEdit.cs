namespace Decant.Decoding;

/// <summary>
/// A change to a model at work: after a layer, the residual stream's component along a direction is scaled, h ← h + (scale − 1)(h · d) d for the unit vector d. It holds for
/// every row of the forwards that carry it (<see cref="ForwardInput.Edits"/>). Immutable, equal by value.
/// </summary>
public sealed record ResidualEdit
{
    /// <summary>Creates an edit.</summary>
    /// <param name="layer">0 edits the embeddings, i the output of layer i (1 … layer count), as <see cref="Taps.HiddenLayers"/> counts.</param>
    /// <param name="direction">One value per dimension of the residual stream; only where it points counts, so not all may be 0.</param>
    /// <param name="scale">What the component is multiplied by: 1 changes nothing, 0 removes it. Finite.</param>
    /// <exception cref="ArgumentException">The direction points nowhere, or a value is not finite.</exception>
    public ResidualEdit(int layer, ReadOnlySpan<float> direction, float scale)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        if (!float.IsFinite(scale)) throw new ArgumentOutOfRangeException(nameof(scale), scale, "The scale must be finite.");
        var square = 0.0;
        foreach (var value in direction) square += (double)value * value;
        if (square is 0 || !double.IsFinite(square)) throw new ArgumentException("A direction needs finite values that are not all 0.", nameof(direction));
        var unit = new float[direction.Length];
        for (var i = 0; i < unit.Length; i++) unit[i] = (float)(direction[i] / Math.Sqrt(square));
        (Layer, Direction, Scale) = (layer, ValueList.Create<float>(unit), scale);
    }

    /// <summary>Where: 0 for the embeddings, i for the output of layer i.</summary>
    public int Layer { get; }

    /// <summary>The direction, of length 1.</summary>
    public ValueList<float> Direction { get; }

    /// <summary>What the component is multiplied by.</summary>
    public float Scale { get; }

    /// <summary>Edits one row of the residual stream in place. The order of operations is fixed, so a row's bits do not depend on the machine.</summary>
    /// <param name="state">As long as <see cref="Direction"/>.</param>
    public void Apply(Span<float> state)
    {
        if (Scale == 1) return;
        var direction = Direction.Span;
        var component = 0.0;
        for (var i = 0; i < direction.Length; i++) component += (double)state[i] * direction[i];
        var change = (Scale - 1) * component;
        for (var i = 0; i < direction.Length; i++) state[i] = (float)(state[i] + (change * direction[i]));
    }
}
