namespace Decant.Decoding;

/// <summary>Changes a row of logits by finite amounts: a penalty, a bias, a guidance term.</summary>
public interface ILogitProcessor : IRowProcessor
{
    /// <summary>Changes <paramref name="logits"/> in place, without changing the processor's state.</summary>
    /// <param name="state">The tokens and the position; read, not changed.</param>
    /// <param name="logits">One value per vocabulary id. A value of −∞ must stay −∞.</param>
    void Apply(GenerationState state, Span<float> logits);
}
