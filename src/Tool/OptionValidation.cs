using System.CommandLine;
using System.CommandLine.Parsing;

namespace Decant.Tool;

/// <summary>Checks of options' values beyond their types.</summary>
internal static class OptionValidation
{
    /// <summary>Refuses values, those of another type too, with the option's name before what it takes.</summary>
    public static void Require<T>(this Option<T> option, Func<T?, bool> valid, string takes) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count > 0 && !IsValid(result, valid)) result.AddError($"{option.Name} takes {takes}, not {string.Join(' ', result.Tokens)}.");
    });

    private static bool IsValid<T>(OptionResult result, Func<T?, bool> valid)
    {
        try
        {
            return valid(result.GetValueOrDefault<T>());
        }
        catch (InvalidOperationException)
        {
            // What it cannot convert, it throws for.
            return false;
        }
    }
}
