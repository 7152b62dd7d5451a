using System.Text.Json;

namespace Decant.Decoding;

/// <summary>Reads one strategy of a slot and says what is known where something is not.</summary>
internal static class StrategyReader
{
    private const string KindName = "kind";

    public static Strategy Read(JsonElement value, StrategySlot slot)
    {
        if (value.ValueKind == JsonValueKind.String) return slot.Default(value.GetString()!) ?? throw Unknown(value.GetString()!, slot);
        if (value.ValueKind != JsonValueKind.Object)
            throw new ArgumentException($"decoding: {slot.Name} must be an object with a \"kind\", or a kind as text, not {value.GetRawText()}.");
        if (Kind(value) is not { } kind) throw new ArgumentException($"decoding: {slot.Name} has no \"kind\". Known kinds: {Known(slot)}.");
        var type = slot.TypeOf(kind) ?? throw Unknown(kind, slot);
        try
        {
            return (Strategy)value.Deserialize(type)!;
        }
        catch (JsonException exception)
        {
            var members = type.Properties.Select(property => property.Name).Where(name => name != KindName).Order(StringComparer.Ordinal);
            throw new ArgumentException($"decoding: {slot.Name} \"{kind}\" cannot be read: {exception.Message} Its members: {string.Join(", ", members)}.", exception);
        }
    }

    /// <summary>The kind of an object, or null.</summary>
    public static string? Kind(JsonElement value)
        => value.TryGetProperty(KindName, out var kind) && kind.ValueKind == JsonValueKind.String ? kind.GetString() : null;

    /// <summary>The slot that knows a kind.</summary>
    /// <exception cref="ArgumentException">None does.</exception>
    public static StrategySlot SlotOf(string kind) => StrategySlot.All.FirstOrDefault(slot => slot.Kinds.Contains(kind)) ?? throw new ArgumentException(
        $"decoding: there is no strategy \"{kind}\". Known: {string.Join("; ", StrategySlot.All.Where(slot => slot.Kinds.Count > 0).Select(slot => $"{slot.Name}: {Known(slot)}"))}.");

    private static ArgumentException Unknown(string kind, StrategySlot slot)
        => new($"decoding: {slot.Name} has no kind \"{kind}\". Known kinds: {Known(slot)}.");

    private static string Known(StrategySlot slot) => slot.Kinds.Count == 0 ? "none yet" : string.Join(", ", slot.Kinds.Order(StringComparer.Ordinal));
}
