using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Decant.Decoding;

/// <summary>Trained classifiers as JSON files.</summary>
internal static class ClassifierFile
{
    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="type">How it is read.</param>
    /// <param name="what">What it should be, for the message: "a route classifier".</param>
    /// <param name="trainer">What makes one, for the message.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static T Load<T>(string path, JsonTypeInfo<T> type, string what, string trainer)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), type) ?? throw new JsonException("It holds null.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is not {what}: {exception.Message} Train one with {trainer} and save it.", exception);
        }
    }

    public static void Save<T>(string path, T classifier, JsonTypeInfo<T> type) => File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(classifier, type));
}
