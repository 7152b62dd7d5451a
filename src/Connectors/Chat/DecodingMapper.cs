using Decant.Connectors.Prompting;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Brings together what a call and the client's defaults say about decoding.</summary>
/// <remarks>
/// Slot by slot: <see cref="LocalGenerationOptions"/> (its slots before its other members), the additional property <c>decoding</c>, the members of <see cref="ChatOptions"/>,
/// the client's defaults. Within the sampling slot the same holds member by member, as long as all speak of plain sampling. A default of another kind of
/// sampler than the call's leaves nothing but its seed.
/// </remarks>
internal static class DecodingMapper
{
    /// <param name="options">The call's options.</param>
    /// <param name="own">What its raw representation says.</param>
    /// <param name="minP">Its additional property.</param>
    /// <param name="defaults">The client's.</param>
    /// <param name="template">The model's.</param>
    /// <param name="context">Its vocabulary.</param>
    /// <exception cref="ArgumentException">A value is out of range, or two of them exclude each other; the exception names them.</exception>
    public static DecodingOptions Map(ChatOptions options, LocalGenerationOptions own, float? minP, DecodingOptions defaults, ChatTemplate template, PlanContext context)
    {
        var raw = own.Decoding ?? new DecodingOptions();
        var call = options.GetDecoding() ?? new DecodingOptions();
        var ownMembers = new SamplingOptions { Temperature = own.Temperature, TopK = own.TopK, TopP = own.TopP, MinP = own.MinP, Seed = own.Seed };
        var members = new SamplingOptions { Temperature = options.Temperature, TopK = options.TopK, TopP = options.TopP, MinP = minP, Seed = options.Seed };
        var said = raw.Or(call);
        return said.Or(defaults) with
        {
            Sampling = Sampling(raw.Sampling, ownMembers, call.Sampling, members, defaults.Sampling),
            Logprobs = LogprobKeys.Read(options, said.Logprobs, defaults.Logprobs),
            Thinking = ThinkingMapper.Map(options.Reasoning?.Effort, said.Thinking, defaults.Thinking, own.AnswerPrefix.Count > 0 || own.PromptTokens is not null, template, context),
            Processors = RepetitionMapper.Map(options, own, said.Processors, defaults.Processors),
        };
    }

    private static SamplerOptions Sampling(SamplerOptions? raw, SamplingOptions ownMembers, SamplerOptions? call, SamplingOptions members, SamplerOptions? defaults)
    {
        // Members say how this call draws, so they turn a default of another kind off.
        var sampler = raw ?? call ?? (SaysHow(ownMembers) || SaysHow(members) ? members : defaults) ?? members;
        SamplerOptions?[] layers = [raw, ownMembers, call, members, defaults];
        var seed = layers.Select(layer => layer?.Seed).FirstOrDefault(seed => seed is not null);
        var plain = sampler is SamplingOptions;
        var result = plain ? new SamplingOptions() : sampler;
        foreach (var layer in (plain ? layers : [ownMembers, members]).OfType<SamplingOptions>()) result = result.Complete(layer);
        return result with { Seed = seed };
    }

    private static bool SaysHow(SamplingOptions members) => members with { Seed = null } != new SamplingOptions();
}
