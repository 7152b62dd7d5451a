using System.Diagnostics;

namespace Decant.Decoding;

/// <summary>Everything a row's distribution depends on besides the logits: the tokens so far, the noise, and the states of processors, constraints and sampler.</summary>
/// <remarks>Serves one caller at a time. Fork it to explore alternatives, roll it back to abandon a draft.</remarks>
public sealed class GenerationState
{
    private readonly IRowProcessor[] _processors;
    private readonly IConstraint[] _constraints;
    private readonly Alignment? _alignment;
    private readonly List<(int Position, double Sum)> _evidence = [];
    private int[] _tokens;

    /// <summary>Creates the state before the first generated token; it owns what it is given from here on.</summary>
    internal GenerationState(ReadOnlySpan<int> prompt, PositionNoise noise, ISampler sampler, IRowProcessor[] processors, IConstraint[] constraints)
    {
        _tokens = prompt.ToArray();
        PromptLength = Position = prompt.Length;
        (Noise, Sampler, _processors, _constraints) = (noise, sampler, processors, constraints);
        HasProcessors = Array.Exists(processors, processor => processor is ILogitProcessor);
        _alignment = constraints.OfType<Alignment>().FirstOrDefault();
    }

    private GenerationState(GenerationState other, PositionNoise noise, ISampler sampler, ReadOnlySpan<IConstraint> more)
        : this(other.Tokens, noise, sampler, Array.ConvertAll(other._processors, processor => processor.Fork()), [.. other._constraints.Select(constraint => constraint.Fork()), .. more])
    {
        (PromptLength, PromptWeights, Masks) = (other.PromptLength, other.PromptWeights, other.Masks);
        _evidence.AddRange(other._evidence);
    }

    /// <summary>The prompt and every token committed since, oldest first. Valid until the next <see cref="Commit"/>.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Position);

    /// <summary>The tokens committed since the prompt, oldest first. Valid until the next <see cref="Commit"/>.</summary>
    public ReadOnlySpan<int> Generated => Tokens[PromptLength..];

    /// <summary>Number of <see cref="Tokens"/> that were given rather than generated.</summary>
    public int PromptLength { get; }

    /// <summary>Index of the token to be drawn next, counted from the start of the prompt.</summary>
    public int Position { get; private set; }

    /// <summary>The randomness of this request's draws.</summary>
    public PositionNoise Noise { get; }

    /// <summary>What the rows of several prompts count, where a search mixes them; shared with forks.</summary>
    internal PromptWeights? PromptWeights { get; set; }

    /// <summary>Counts the masks, where somebody asks for it; shared with forks.</summary>
    internal MaskCounter? Masks { get; set; }

    internal ISampler Sampler { get; }

    /// <summary>What the contrast found the drawn tokens to be evidence of, summed, and how many these are; tokens that were given or forced are none.</summary>
    internal (int Count, double Sum) Evidence => _evidence.Count == 0 ? default : (_evidence.Count, _evidence[^1].Sum);

    internal IReadOnlyList<IConstraint> Constraints => _constraints;

    internal bool HasProcessors { get; }

    internal bool HasConstraints => _constraints.Length > 0;

    /// <summary>Appends a generated token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="drawnFrom">The distribution it was drawn from, or null for a token that was given or forced.</param>
    /// <exception cref="InvalidOperationException">A constraint refuses the token; nothing has changed.</exception>
    public void Commit(int token, TokenDistribution? drawnFrom = null)
    {
        if (Refusing(token) is { } constraint) throw new InvalidOperationException($"The constraint {constraint.Name} refuses token {token} at position {Position}.");
        Append(token, drawnFrom);
    }

    /// <summary>Appends a token that was not drawn, unless a constraint refuses it: then nothing changes.</summary>
    /// <returns>Whether it was appended.</returns>
    public bool TryCommit(int token)
    {
        if (Refusing(token) is not null) return false;
        Append(token, null);
        return true;
    }

    /// <summary>The token that a constraint says must come next, or −1.</summary>
    internal int Forced
    {
        get
        {
            foreach (var constraint in _constraints)
            {
                if (constraint.Forced is [var token, ..]) return token;
            }

            return -1;
        }
    }

    internal ReadOnlyMemory<int> TokenMemory => _tokens.AsMemory(0, Position);

    /// <summary>Has every constraint take a token, or none: then the one that refuses it is returned.</summary>
    private IConstraint? Refusing(int token)
    {
        for (var i = 0; i < _constraints.Length; i++)
        {
            if (_constraints[i].TryAccept(token)) continue;
            for (var j = 0; j < i; j++) _constraints[j].Rollback(1);
            return _constraints[i];
        }

        return null;
    }

    private void Append(int token, TokenDistribution? drawnFrom)
    {
        Sampler.Commit(token, drawnFrom);
        foreach (var processor in _processors) processor.Commit(token);
        if (drawnFrom?.Scratch.EvidenceOf(token) is { } evidence) _evidence.Add((Position, Evidence.Sum + evidence));
        if (Position == _tokens.Length) Array.Resize(ref _tokens, Math.Max(64, 2 * Position));
        _tokens[Position++] = token;
        _alignment?.Learn(token, drawnFrom);
    }

    /// <summary>Drops the last <paramref name="count"/> generated tokens.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or reaches into the prompt.</exception>
    public void Rollback(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Position - PromptLength);
        Position -= count;
        while (_evidence.Count > 0 && _evidence[^1].Position >= Position) _evidence.RemoveAt(_evidence.Count - 1);
        Sampler.Rollback(count);
        foreach (var processor in _processors) processor.Rollback(count);
        foreach (var constraint in _constraints) constraint.Rollback(count);
    }

    /// <summary>An independent state with the same tokens, noise and states.</summary>
    /// <param name="noise">Other noise for it, such as <see cref="PositionNoise.Derive"/> gives; null: the same.</param>
    public GenerationState Fork(PositionNoise? noise = null) => new(this, noise ?? Noise, Sampler.Fork(), []);

    /// <summary>The same with another sampler, which it owns from here on.</summary>
    internal GenerationState Fork(ISampler sampler) => new(this, Noise, sampler, []);

    /// <summary>The same under further constraints, which it owns from here on.</summary>
    internal GenerationState Fork(params ReadOnlySpan<IConstraint> more) => new(this, Noise, Sampler.Fork(), more);

    internal void ProcessLogits(Span<float> logits)
    {
        foreach (var processor in _processors) (processor as ILogitProcessor)?.Apply(this, logits);
    }

    /// <summary>Weighs candidates by what has been learned of where they lead; false where all are known to lead nowhere.</summary>
    internal bool Align(TokenDistribution distribution) => _alignment?.Align(this, distribution) ?? true;

    internal void LearnDeadEnd() => _alignment?.LearnDeadEnd();

    internal void ProcessDistribution(TokenDistribution distribution)
    {
        foreach (var processor in _processors) (processor as IDistributionProcessor)?.Apply(this, distribution.Ids, distribution.MutableProbabilities);
    }

    /// <summary>Has constraints find out what they allow next while the model runs.</summary>
    internal void Prepare()
    {
        foreach (var constraint in _constraints) constraint.Prepare();
    }

    internal void FillMask(Span<ulong> mask)
    {
        var start = Masks is null ? 0 : Stopwatch.GetTimestamp();
        foreach (var constraint in _constraints) constraint.FillMask(mask);
        Masks?.Add(Stopwatch.GetElapsedTime(start));
    }
}
