using Decant.Connectors.Embedded;
using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>Finds missing folders and values out of range when the host starts rather than at the first question.</summary>
internal sealed class LocalChatClientSettingsValidation(string settingsName) : IValidateOptions<LocalChatClientSettings>
{
    public ValidateOptionsResult Validate(string? name, LocalChatClientSettings options)
    {
        if (name != settingsName) return ValidateOptionsResult.Skip;
        var failures = new ValidateOptionsResultBuilder();
        RequireFolder(failures, nameof(options.ModelFolder), options.ModelFolder);
        foreach (var (model, folder) in options.Client.Models) RequireFolder(failures, $"{nameof(options.Client)}.{nameof(options.Client.Models)}[\"{model}\"]", folder);
        try
        {
            options.Client.Validate();
        }
        catch (ArgumentException exception)
        {
            failures.AddError(exception.Message, $"{nameof(LocalChatClientSettings)}.{nameof(options.Client)}");
        }

        return failures.Build();
    }

    private static void RequireFolder(ValidateOptionsResultBuilder failures, string member, string folder)
    {
        if (!Directory.Exists(EmbeddedModels.Resolve(folder)))
            failures.AddError($"it is \"{folder}\", which is not a folder. Name a Hugging Face model folder.", $"{nameof(LocalChatClientSettings)}.{member}");
    }
}
