using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>How a lookahead writes a hypothesis on to see whether it leads to what must be said.</summary>
[JsonConverter(typeof(KebabEnumConverter<LookaheadMode>))]
public enum LookaheadMode
{
    /// <summary>The likeliest token at each step.</summary>
    Greedy,

    /// <summary>Five drawn continuations, whose values are averaged.</summary>
    Sample,

    /// <summary>A beam of four continuations, whose values are averaged.</summary>
    Beam,
}
