using Decant.Connectors.Embedded;
using Microsoft.Extensions.Options;

namespace Decant.Hosting;

/// <summary>What all settings that name models are checked for.</summary>
internal static class SettingsValidation
{
    /// <param name="failures">Receives what is wrong.</param>
    /// <param name="member">The settings' type and member.</param>
    /// <param name="folder">Its value.</param>
    public static void RequireFolder(this ValidateOptionsResultBuilder failures, string member, string folder)
    {
        if (!Directory.Exists(EmbeddedModels.Resolve(folder))) failures.AddError($"it is \"{folder}\", which is not a folder. Name a Hugging Face model folder.", member);
    }

    /// <param name="failures">Receives what is wrong.</param>
    /// <param name="member">The settings' type and member.</param>
    /// <param name="validate">Throws where its value is out of range.</param>
    public static void Require(this ValidateOptionsResultBuilder failures, string member, Action validate)
    {
        try
        {
            validate();
        }
        catch (ArgumentException exception)
        {
            failures.AddError(exception.Message, member);
        }
    }
}
