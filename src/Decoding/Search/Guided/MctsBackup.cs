using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What a tree search takes a beginning to be worth.</summary>
[JsonConverter(typeof(KebabEnumConverter<MctsBackup>))]
public enum MctsBackup
{
    /// <summary>The largest reward of the texts that were found behind it.</summary>
    Max,

    /// <summary>Their mean.</summary>
    Mean,
}
