using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>Finds a missing folder and values out of range when the host starts rather than at the first text.</summary>
internal sealed class LocalEmbeddingGeneratorSettingsValidation(string settingsName) : IValidateOptions<LocalEmbeddingGeneratorSettings>
{
    public ValidateOptionsResult Validate(string? name, LocalEmbeddingGeneratorSettings options)
    {
        if (name != settingsName) return ValidateOptionsResult.Skip;
        var failures = new ValidateOptionsResultBuilder();
        failures.RequireFolder(Member(nameof(options.ModelFolder)), options.ModelFolder);
        failures.Require(Member(nameof(options.Generator)), options.Generator.Validate);
        if (!Enum.IsDefined(options.Warmup)) failures.AddError($"it is {options.Warmup}. It takes {string.Join(", ", Enum.GetNames<ModelWarmup>())}.", Member(nameof(options.Warmup)));
        return failures.Build();
    }

    private static string Member(string name) => $"{nameof(LocalEmbeddingGeneratorSettings)}.{name}";
}
