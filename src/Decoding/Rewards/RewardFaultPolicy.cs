using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What becomes of a call whose reward fails.</summary>
[JsonConverter(typeof(KebabEnumConverter<RewardFaultPolicy>))]
public enum RewardFaultPolicy
{
    /// <summary>The call throws a <see cref="RewardException"/>.</summary>
    Throw,

    /// <summary>The call goes on without the reward, with a warning that names it.</summary>
    Drop,
}
