namespace Decant.Connectors.Models;

/// <summary>How rotary frequencies are stretched beyond the context a model was first trained on.</summary>
public enum RotaryScaling
{
    /// <summary>Not at all.</summary>
    Default,

    /// <summary>All by one factor (position interpolation).</summary>
    Linear,

    /// <summary>By a base that grows with the sequence (dynamic NTK).</summary>
    Dynamic,

    /// <summary>Low frequencies by a factor, high ones not, smooth between (Llama 3.1).</summary>
    Llama3,

    /// <summary>YaRN: ramp between interpolated and original frequencies, with an attention factor.</summary>
    Yarn,

    /// <summary>LongRoPE: a searched factor per frequency, one list for short and one for long contexts.</summary>
    LongRope,
}
