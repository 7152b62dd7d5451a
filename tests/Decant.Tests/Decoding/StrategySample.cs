namespace Decant.Tests.Decoding;

/// <summary>What the contract tests need to know about a kind of strategy.</summary>
/// <param name="Changed">One whose members are all different from the defaults.</param>
/// <param name="OutOfRange">One for each way of being out of range.</param>
internal sealed record StrategySample(Strategy Changed, params Strategy[] OutOfRange)
{
    /// <summary>One of strength zero, where there is one: rows stay as they are, bit for bit.</summary>
    public Strategy? Neutral { get; init; }

    /// <summary>Whether it asks for more of a model than logits, or for more characters than the test vocabulary has: a table has nothing inside.</summary>
    public bool NeedsInside { get; init; }

    /// <summary>Whether it differentiates the model, which here tables can and models with an inside cannot.</summary>
    public bool NeedsGradients { get; init; }
}
