using System.Text;

namespace Decant.Tests.Decoding.Constraints;

/// <summary>Whether a text belongs to a regular language, by reading it byte by byte.</summary>
internal static class RegexReading
{
    public static bool Reads(this RegexDerivatives derivatives, ByteRegex language, string text)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text)) language = derivatives.Derive(language, value);
        return language.IsNullable;
    }
}
