namespace Decant.Connectors.Embedded;

/// <summary>
/// The models that come with this library: tiny, made by <c>samples/TrainTiny</c> on a small invented world. They show what the library does
/// without a download, and give every decoding method something to work on; for real work name the folder of a real model.
/// </summary>
public static class EmbeddedModels
{
    /// <summary>The demonstration model, loaded where no other is named: facts, passages, stories, JSON, tool calls, sums.</summary>
    public const string Tiny = "decant-tiny";

    /// <summary>A draft model for <see cref="Tiny"/>.</summary>
    public const string Draft = "decant-tiny-draft";

    /// <summary>A smaller model that is as often rude as polite.</summary>
    public const string Plain = "decant-tiny-plain";

    /// <summary><see cref="Plain"/> tuned to be polite.</summary>
    public const string Polite = "decant-tiny-polite";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Tiny, Draft, Plain, Polite];

    /// <summary>The folder of an embedded model: it lies beside the program.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such model; the message lists them.</exception>
    public static string Folder(string name) => Names.Contains(name)
        ? Path.Combine(AppContext.BaseDirectory, "models", name)
        : throw new ArgumentException($"There is no embedded model {name}. Embedded models: {string.Join(", ", Names)}.", nameof(name));

    /// <summary>The folder of a model given by folder or by embedded name. An existing folder wins over a name.</summary>
    /// <param name="folderOrName">A folder, one of <see cref="Names"/>, or null for <see cref="Tiny"/>.</param>
    internal static string Resolve(string? folderOrName)
    {
        if (folderOrName is null) return Folder(Tiny);
        return Names.Contains(folderOrName) && !Directory.Exists(folderOrName) ? Folder(folderOrName) : folderOrName;
    }

    /// <summary><see cref="Resolve"/>, where the folder must be there.</summary>
    /// <exception cref="ArgumentException">The folder is an empty text.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    internal static string ResolveExisting(string? folder)
    {
        if (folder is { Length: 0 }) throw new ArgumentException("The model folder is an empty text. Name a folder, or pass null for the embedded model.", nameof(folder));
        folder = Resolve(folder);
        return Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException($"There is no model folder {folder}. Download a model in Hugging Face format and name its folder.");
    }
}
