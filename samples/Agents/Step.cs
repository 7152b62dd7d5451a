using Decant.Decoding;

namespace Decant.Samples.Agents;

/// <summary>Something an agent asks its model.</summary>
/// <param name="Name">What the step is for.</param>
/// <param name="Message">What is asked.</param>
/// <param name="Decoding">How the model answers.</param>
/// <param name="Passages">What it reads.</param>
internal sealed record Step(string Name, string Message, DecodingOptions Decoding, IReadOnlyList<string> Passages)
{
    public const int MaxTokens = 80;

    /// <summary>The strategies that make the step what it is.</summary>
    public string Strategy => string.Join(" + ", Decoding.Strategies.Where(strategy => strategy is not SamplerOptions).Select(strategy => strategy.Kind));
}
