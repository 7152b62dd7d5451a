namespace Decant.Decoding;

/// <summary>What to generate from, how, and how much.</summary>
public sealed record GenerationRequest
{
    /// <summary>The sequence to extend. The caller owns it and leaves it alone until the generation ends.</summary>
    public required ISequence Sequence { get; init; }

    /// <summary>The ids that <see cref="Sequence"/> already holds; as many as its length. Default: none.</summary>
    public ReadOnlyMemory<int> Cached { get; init; }

    /// <summary>The ids still to run, following <see cref="Cached"/>; at least one.</summary>
    public required ReadOnlyMemory<int> Prompt { get; init; }

    /// <summary>How tokens are drawn. Default: temperature 1, nothing cut off, a fresh seed.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Most tokens to generate, the end token included; at least 1. Default: as many as the context holds.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>Ids that end the generation. Default: none.</summary>
    public IReadOnlyCollection<int> EndTokens { get; init; } = [];

    /// <summary>Most prompt tokens per forward; cancellation is checked between. At least 1. Default: 256.</summary>
    public int PrefillChunk { get; init; } = 256;

    /// <summary>Called after each forward over the prompt with the number of its tokens run so far. Default: none.</summary>
    public Action<int>? PrefillProgress { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Sequence);
        ArgumentNullException.ThrowIfNull(Sampling);
        ArgumentNullException.ThrowIfNull(EndTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PrefillChunk, 1);
        Sampling.Validate();
        Require(Cached.Length == Sequence.Length, nameof(Cached), $"lists {Cached.Length} ids but the sequence holds {Sequence.Length} rows; pass the ids of exactly the cached rows");
        Require(!Prompt.IsEmpty, nameof(Prompt), "is empty; leave at least the last token out of the cache so that there are logits to draw from");

        var required = Cached.Length + Prompt.Length;
        var contextLength = Sequence.Model.Info.ContextLength;
        if (required > contextLength) throw new ContextOverflowException(required, contextLength);
    }

    private static void Require(bool valid, string paramName, string fault)
    {
        if (!valid) throw new ArgumentException($"{paramName} {fault}.", paramName);
    }
}
