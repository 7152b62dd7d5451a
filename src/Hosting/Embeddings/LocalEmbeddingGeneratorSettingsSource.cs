using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>Fills an embedding generator's settings from a configuration section, as its members are named.</summary>
internal sealed class LocalEmbeddingGeneratorSettingsSource(string settingsName, IConfigurationSection section) : IConfigureNamedOptions<LocalEmbeddingGeneratorSettings>
{
    public void Configure(string? name, LocalEmbeddingGeneratorSettings options)
    {
        if (name == settingsName) new SettingsSection<LocalEmbeddingGeneratorSettings>(settingsName, section).Bind(options);
    }

    public void Configure(LocalEmbeddingGeneratorSettings options) => Configure(Options.DefaultName, options);
}
