using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What <see cref="LenientOptions"/> makes of the target's probability p of a drafted token, with ε = <see cref="LenientOptions.Epsilon"/>. All are p for ε = 1.</summary>
[JsonConverter(typeof(KebabEnumConverter<LenienceForm>))]
public enum LenienceForm
{
    /// <summary>p / ε.</summary>
    Quotient,

    /// <summary>p / ε².</summary>
    SquareQuotient,

    /// <summary>p to the power of ε.</summary>
    Power,
}
