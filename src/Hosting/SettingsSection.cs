using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>A section of the configuration that settings are read from. What cannot be read is an error that gives the key's path.</summary>
/// <param name="settingsName">Which of the settings of this type, for errors.</param>
/// <param name="section">The section.</param>
internal sealed class SettingsSection<TSettings>(string settingsName, IConfigurationSection section)
    where TSettings : class
{
    /// <param name="settings">What to fill.</param>
    /// <param name="except">The path, in the section, of what is read otherwise.</param>
    public void Bind(TSettings settings, string? except = null)
    {
        Require(section.Path, () => section.Exists() ? true : throw new ArgumentException("There is no such section in the configuration."));
        Require(section.Path, () =>
        {
            Without(except).Bind(settings, binder => binder.ErrorOnUnknownConfiguration = true);
            return true;
        });
    }

    /// <exception cref="OptionsValidationException">It cannot be read.</exception>
    public T Require<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw new OptionsValidationException(settingsName, typeof(TSettings), [$"{path}: {exception.Message}"]);
        }
    }

    private IConfiguration Without(string? path) => path is null ? section : new ConfigurationBuilder()
        .AddInMemoryCollection(section.AsEnumerable(makePathsRelative: true).Where(pair => !pair.Key.StartsWith(path, StringComparison.OrdinalIgnoreCase))).Build();
}
