namespace Decant.Decoding;

/// <summary>A direction in a model's residual stream under a name: what <see cref="ResidualEditOptions.DirectionName"/> looks up in <see cref="DecodingServices"/>.</summary>
/// <param name="Values">One per dimension, not all 0.</param>
public sealed record ResidualDirection(ValueList<float> Values);
