using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>Finds missing folders and values out of range when the host starts rather than at the first question.</summary>
internal sealed class LocalChatClientSettingsValidation(string settingsName, IOptions<HostOptions> host) : IValidateOptions<LocalChatClientSettings>
{
    public ValidateOptionsResult Validate(string? name, LocalChatClientSettings options)
    {
        if (name != settingsName) return ValidateOptionsResult.Skip;
        var failures = new ValidateOptionsResultBuilder();
        failures.RequireFolder(Member(nameof(options.ModelFolder)), options.ModelFolder);
        foreach (var (model, folder) in options.Client.Models) failures.RequireFolder(Member($"{nameof(options.Client)}.{nameof(options.Client.Models)}[\"{model}\"]"), folder);
        failures.Require(Member(nameof(options.Client)), options.Client.Validate);
        if (!Enum.IsDefined(options.Warmup)) failures.AddError($"it is {options.Warmup}. It takes {string.Join(", ", Enum.GetNames<ModelWarmup>())}.", Member(nameof(options.Warmup)));
        if (options.ShutdownTimeout < TimeSpan.Zero || options.ShutdownTimeout >= host.Value.ShutdownTimeout)
            failures.AddError($"it is {options.ShutdownTimeout}. It takes 0 to less than HostOptions.ShutdownTimeout, {host.Value.ShutdownTimeout}, after which the host waits for nobody.", Member(nameof(options.ShutdownTimeout)));
        return failures.Build();
    }

    private static string Member(string name) => $"{nameof(LocalChatClientSettings)}.{name}";
}
