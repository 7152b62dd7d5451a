using Decant.Decoding;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>Fills a client's settings from a configuration section, as its members are named; decoding options as they are written everywhere.</summary>
internal sealed class LocalChatClientSettingsSource(string settingsName, IConfigurationSection section) : IConfigureNamedOptions<LocalChatClientSettings>
{
    private const string DecodingPath = $"{nameof(LocalChatClientSettings.Client)}:{nameof(LocalChatClientSettings.Client.DefaultDecoding)}";

    /// <exception cref="OptionsValidationException">A key is not known or its value cannot be read; the message names it.</exception>
    public void Configure(string? name, LocalChatClientSettings options)
    {
        if (name != settingsName) return;
        Require(section.Path, () => section.Exists() ? true : throw new ArgumentException("There is no such section in the configuration."));
        Require(section.Path, () =>
        {
            WithoutDecoding().Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            return true;
        });
        var decoding = section.GetSection(DecodingPath);
        if (Value(decoding) is { } value) options.Client = options.Client with { DefaultDecoding = Require(decoding.Path, () => DecodingOptions.Read(value)) };
    }

    public void Configure(LocalChatClientSettings options) => Configure(Options.DefaultName, options);

    // The binder knows no strategies.
    private IConfigurationRoot WithoutDecoding() => new ConfigurationBuilder()
        .AddInMemoryCollection(section.AsEnumerable(makePathsRelative: true).Where(pair => !pair.Key.StartsWith(DecodingPath, StringComparison.OrdinalIgnoreCase))).Build();

    // An empty value is an empty array, or an environment variable that unsets something.
    private static object? Value(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0) return section.Value is { Length: > 0 } text ? text : null;
        return children.TrueForAll(child => int.TryParse(child.Key, out _))
            ? children.Select(Value).OfType<object>().ToList()
            : children.ToDictionary(child => child.Key, Value);
    }

    private T Require<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw new OptionsValidationException(settingsName, typeof(LocalChatClientSettings), [$"{path}: {exception.Message}"]);
        }
    }
}
