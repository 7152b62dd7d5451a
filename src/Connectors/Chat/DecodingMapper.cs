using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Brings together what a call and the client's defaults say about decoding.</summary>
internal static class DecodingMapper
{
    /// <param name="options">The call's options.</param>
    /// <param name="own">What its raw representation says.</param>
    /// <param name="minP">Its additional property.</param>
    /// <param name="defaults">The client's.</param>
    /// <exception cref="ArgumentException">A value is out of range, or two of them exclude each other; the exception names them.</exception>
    public static DecodingOptions Map(ChatOptions options, LocalGenerationOptions own, float? minP, DecodingOptions defaults)
    {
        var call = options.GetDecoding() ?? new DecodingOptions();
        var members = new SamplingOptions
        {
            Temperature = own.Temperature ?? options.Temperature,
            TopK = own.TopK ?? options.TopK,
            TopP = own.TopP ?? options.TopP,
            MinP = own.MinP ?? minP,
            Seed = own.Seed ?? options.Seed,
        };
        var result = call.Or(defaults);
        return result with
        {
            Sampling = Sampling(call.Sampling, members, defaults.Sampling),
            Processors = Processors(own.FrequencyPenalty ?? options.FrequencyPenalty, own.PresencePenalty ?? options.PresencePenalty, call, result.Processors),
        };
    }

    private static SamplerOptions Sampling(SamplerOptions? call, SamplingOptions members, SamplerOptions? defaults)
    {
        // The members of ChatOptions say how this call draws, so they turn a default of another kind off, but for its seed.
        if (call is null && members with { Seed = null } != new SamplingOptions()) call = members;
        return (call ?? defaults ?? new SamplingOptions()).Complete(members).Complete(defaults as SamplingOptions ?? new SamplingOptions { Seed = defaults?.Seed });
    }

    private static ValueList<ProcessorOptions>? Processors(float? frequency, float? presence, DecodingOptions call, ValueList<ProcessorOptions>? processors)
    {
        if (frequency is null && presence is null) return processors;
        if (call.Processors?.OfType<FrequencyPresenceOptions>().Any() == true)
            throw new ArgumentException("Penalties are given twice: in ChatOptions.FrequencyPenalty or PresencePenalty and as the processor \"frequency-presence\". Give one of them.");
        var given = (processors ?? []).OfType<FrequencyPresenceOptions>().FirstOrDefault() ?? new FrequencyPresenceOptions();
        var penalties = new FrequencyPresenceOptions { Frequency = frequency ?? given.Frequency, Presence = presence ?? given.Presence };
        return [penalties, .. (processors ?? []).Where(processor => processor is not FrequencyPresenceOptions)];
    }
}
