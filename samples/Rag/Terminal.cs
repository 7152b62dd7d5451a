namespace Decant.Samples;

/// <summary>Colours, only where somebody can see them.</summary>
internal static class Terminal
{
    private const string Reset = "\e[0m";
    private static readonly bool _colours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static string Dim(string text) => Paint("\e[2m", text);

    public static string Prompt(string text) => Paint("\e[1;36m", text);

    public static string Error(string text) => Paint("\e[31m", text);

    private static string Paint(string colour, string text) => _colours ? colour + text + Reset : text;
}
