namespace Decant.Decoding;

/// <summary>A prompt or a forward does not fit in the model's context.</summary>
public sealed class ContextOverflowException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="required">Rows that were asked for, the cached ones included.</param>
    /// <param name="contextLength">Rows the model can hold.</param>
    public ContextOverflowException(int required, int contextLength)
        : base($"{required} tokens do not fit in the model's context of {contextLength} tokens. Shorten the conversation, or load a model with a longer context.")
        => (Required, ContextLength) = (required, contextLength);

    /// <summary>Rows that were asked for, the cached ones included.</summary>
    public int Required { get; }

    /// <summary>Rows the model can hold.</summary>
    public int ContextLength { get; }
}
