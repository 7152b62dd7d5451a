using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>Finds a missing model folder when the host starts rather than at the first question.</summary>
internal sealed class ModelFolderValidation(string settingsName) : IValidateOptions<LocalChatClientSettings>
{
    public ValidateOptionsResult Validate(string? name, LocalChatClientSettings options)
    {
        if (name != settingsName) return ValidateOptionsResult.Skip;
        return Directory.Exists(options.ModelFolder)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{nameof(LocalChatClientSettings)}.{nameof(options.ModelFolder)} is \"{options.ModelFolder}\", which is not a folder. Name a Hugging Face model folder.");
    }
}
