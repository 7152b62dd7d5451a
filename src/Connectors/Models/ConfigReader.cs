using System.Text.Json;

namespace Decant.Connectors.Models;

/// <summary>Reads config.json's members by name. A member that is there with the wrong type is an error that names it.</summary>
/// <remarks>A member that is absent has its family's default, if there is one; a member that is null has none.</remarks>
internal sealed class ConfigReader(JsonElement root, JsonElement defaults = default)
{
    public static ConfigReader Parse(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"{path} does not hold a JSON object. Fetch the model's config.json again.");
            return new ConfigReader(document.RootElement.Clone());
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is not valid JSON ({exception.Message}). Fetch the model's config.json again.", exception);
        }
    }

    /// <summary>The same members, and those of the JSON object <paramref name="json"/> where they are absent.</summary>
    public ConfigReader WithDefaults(string json) => new(root, JsonElement.Parse(json));

    public bool Has(string name) => Value(name) is not null;

    public ConfigReader? Section(string name) => Value(name) is { } value
        ? value.ValueKind == JsonValueKind.Object ? new ConfigReader(value) : throw Wrong(name, "an object")
        : null;

    public string? Text(string name) => Value(name) is { } value
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a string")
        : null;

    public double? Number(string name)
    {
        if (Value(name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong(name, "a number");
    }

    public int? Count(string name)
    {
        if (Value(name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 ? number : throw Wrong(name, "a count");
    }

    public int RequiredCount(string name)
    {
        var value = Count(name) is { } count and > 0
            ? count
            : throw new InvalidDataException($"config.json: {name} is missing or 0. Fetch the model's config.json again.");
        // A damaged count must not make the list of layers fill the memory.
        return value <= (name is "num_hidden_layers" or "n_layer" ? 10_000 : 100_000_000)
            ? value
            : throw new InvalidDataException($"config.json: {name} is {value}, more than any model has. Fetch the model's config.json again.");
    }

    public bool? Flag(string name) => Value(name) is { } value
        ? value.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => throw Wrong(name, "true or false") }
        : null;

    public IReadOnlyList<double>? Numbers(string name) => List(name, element => element.ValueKind == JsonValueKind.Number ? element.GetDouble() : throw Wrong(name, "a list of numbers"));

    public IReadOnlyList<string>? Texts(string name) => List(name, element => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Wrong(name, "a list of strings"));

    /// <summary>A count, a list of counts, or nothing.</summary>
    public IReadOnlyList<int> CountOrCounts(string name)
    {
        if (Value(name) is not { } value) return [];
        return value.ValueKind == JsonValueKind.Array ? [.. Numbers(name)!.Select(number => (int)number)] : [Count(name)!.Value];
    }

    private List<T>? List<T>(string name, Func<JsonElement, T> read) => Value(name) is { } value
        ? value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(read)] : throw Wrong(name, "a list")
        : null;

    private JsonElement? Value(string name)
    {
        var found = root.TryGetProperty(name, out var value) || (defaults.ValueKind == JsonValueKind.Object && defaults.TryGetProperty(name, out value));
        return found && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private InvalidDataException Wrong(string name, string expected) =>
        new($"config.json: {name} is {Value(name)?.GetRawText()}, which is not {expected}. Fetch the model's config.json again.");
}
