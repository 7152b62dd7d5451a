using Decant.Decoding;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>Fills a client's settings from a configuration section, as its members are named; decoding options as they are written everywhere.</summary>
internal sealed class LocalChatClientSettingsSource(string settingsName, IConfigurationSection section) : IConfigureNamedOptions<LocalChatClientSettings>
{
    private const string DecodingPath = $"{nameof(LocalChatClientSettings.Client)}:{nameof(LocalChatClientSettings.Client.DefaultDecoding)}";
    private readonly SettingsSection<LocalChatClientSettings> _section = new(settingsName, section);

    /// <exception cref="OptionsValidationException">A key is not known or its value cannot be read; the message names it.</exception>
    public void Configure(string? name, LocalChatClientSettings options)
    {
        if (name != settingsName) return;

        // The binder knows no strategies.
        _section.Bind(options, except: DecodingPath);
        var decoding = section.GetSection(DecodingPath);
        if (Value(decoding) is { } value) options.Client = options.Client with { DefaultDecoding = _section.Require(decoding.Path, () => DecodingOptions.Read(value)) };
    }

    public void Configure(LocalChatClientSettings options) => Configure(Options.DefaultName, options);

    // An empty value is an empty array, or an environment variable that unsets something.
    private static object? Value(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0) return section.Value is { Length: > 0 } text ? text : null;
        return children.TrueForAll(child => int.TryParse(child.Key, out _))
            ? children.Select(Value).OfType<object>().ToList()
            : children.ToDictionary(child => child.Key, Value);
    }
}
