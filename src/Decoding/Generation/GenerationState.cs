namespace Decant.Decoding;

/// <summary>Everything a row's distribution depends on besides the logits: the tokens so far, the processors' state and the noise.</summary>
/// <remarks>Serves one caller at a time. Fork it to explore alternatives, roll it back to abandon a draft.</remarks>
public sealed class GenerationState
{
    private readonly ILogitProcessor[] _processors;
    private int[] _tokens;

    /// <summary>Creates the state before the first generated token.</summary>
    /// <param name="prompt">Every token so far, cached ones included.</param>
    /// <param name="noise">The randomness of this request's draws.</param>
    /// <param name="processors">Processors in the order they apply; the state owns them from here on.</param>
    public GenerationState(ReadOnlySpan<int> prompt, PositionNoise noise, params ReadOnlySpan<ILogitProcessor> processors)
    {
        _tokens = prompt.ToArray();
        _processors = processors.ToArray();
        PromptLength = Position = prompt.Length;
        Noise = noise;
    }

    private GenerationState(GenerationState other)
    {
        _tokens = other.Tokens.ToArray();
        _processors = Array.ConvertAll(other._processors, processor => processor.Fork());
        (PromptLength, Position, Noise) = (other.PromptLength, other.Position, other.Noise);
    }

    /// <summary>The prompt and every token committed since, oldest first. Valid until the next <see cref="Commit"/>.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Position);

    /// <summary>Number of <see cref="Tokens"/> that were given rather than generated.</summary>
    public int PromptLength { get; }

    /// <summary>Index of the token to be drawn next, counted from the start of the prompt.</summary>
    public int Position { get; private set; }

    /// <summary>The randomness of this request's draws.</summary>
    public PositionNoise Noise { get; }

    internal bool HasProcessors => _processors.Length > 0;

    /// <summary>Appends a generated token.</summary>
    public void Commit(int token)
    {
        if (Position == _tokens.Length) Array.Resize(ref _tokens, Math.Max(64, 2 * Position));
        _tokens[Position++] = token;
        foreach (var processor in _processors) processor.Commit(token);
    }

    /// <summary>Drops the last <paramref name="count"/> generated tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or reaches into the prompt.</exception>
    public void Rollback(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Position - PromptLength);
        Position -= count;
        foreach (var processor in _processors) processor.Rollback(count);
    }

    /// <summary>An independent state with the same tokens, processor state and noise.</summary>
    public GenerationState Fork() => new(this);

    internal void Process(Span<float> logits)
    {
        foreach (var processor in _processors) processor.Apply(Tokens, logits);
    }
}
