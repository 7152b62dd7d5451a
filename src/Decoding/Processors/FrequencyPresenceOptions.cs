using System.Runtime.InteropServices;

namespace Decant.Decoding;

/// <summary>Subtracts, from the logit of every generated token (the prompt does not count), its count times a frequency penalty plus a presence penalty.</summary>
/// <remarks>OpenAI's additive penalties: what <c>ChatOptions.FrequencyPenalty</c> and <c>PresencePenalty</c> become.</remarks>
public sealed record FrequencyPresenceOptions : ProcessorOptions
{
    /// <inheritdoc/>
    public override string Kind => "frequency-presence";

    /// <summary>Subtracted once for each time the token was generated; −2 … 2, negative values favour repetition. Default: 0.</summary>
    public float Frequency { get; init; }

    /// <summary>Subtracted once if the token was generated at all; −2 … 2, negative values favour repetition. Default: 0.</summary>
    public float Presence { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Frequency is >= -2 and <= 2, Frequency, nameof(Frequency), "from -2 to 2");
        Check(Presence is >= -2 and <= 2, Presence, nameof(Presence), "from -2 to 2");
    }

    /// <inheritdoc/>
    public override IRowProcessor Compile(PlanContext context) => new FrequencyPresencePenalty(Frequency, Presence);
}

internal sealed class FrequencyPresencePenalty : ILogitProcessor
{
    private readonly float _frequency;
    private readonly float _presence;
    private readonly List<int> _generated;
    private readonly Dictionary<int, int> _counts;

    /// <summary>Creates the processor with nothing generated.</summary>
    /// <param name="frequency">Subtracted once for each time the token was generated; negative values favour repetition.</param>
    /// <param name="presence">Subtracted once if the token was generated at all; negative values favour repetition.</param>
    public FrequencyPresencePenalty(float frequency, float presence)
        : this(frequency, presence, [], [])
    {
    }

    private FrequencyPresencePenalty(float frequency, float presence, List<int> generated, Dictionary<int, int> counts)
        => (_frequency, _presence, _generated, _counts) = (frequency, presence, generated, counts);

    /// <inheritdoc/>
    public void Apply(GenerationState state, Span<float> logits)
    {
        foreach (var (id, count) in _counts) logits[id] -= (_frequency * count) + _presence;
    }

    /// <inheritdoc/>
    public void Commit(int token)
    {
        _generated.Add(token);
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, token, out _)++;
    }

    /// <inheritdoc/>
    public void Rollback(int tokenCount)
    {
        var kept = _generated.Count - tokenCount;
        foreach (var token in CollectionsMarshal.AsSpan(_generated)[kept..])
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(_counts, token) == 0) _counts.Remove(token);
        }

        CollectionsMarshal.SetCount(_generated, kept);
    }

    /// <inheritdoc/>
    public IRowProcessor Fork() => new FrequencyPresencePenalty(_frequency, _presence, [.. _generated], new(_counts));
}
