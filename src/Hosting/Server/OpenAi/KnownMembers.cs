using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>A part of a request that has no other members than its record's, so that nothing asked for is silently ignored. An unknown member that is null asks for nothing.</summary>
internal abstract record KnownMembers : IJsonOnDeserialized
{
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    void IJsonOnDeserialized.OnDeserialized()
    {
        if (Others?.FirstOrDefault(member => member.Value.ValueKind != JsonValueKind.Null).Key is not { } unknown) return;
        var known = OpenAiJson.Options.GetTypeInfo(GetType()).Properties.Where(property => !property.IsExtensionData).Select(property => property.Name);
        throw ApiException.Invalid($"\"{unknown}\" is not known here, and nothing is silently ignored: leave it out. Known: {string.Join(", ", known)}.", unknown);
    }
}
