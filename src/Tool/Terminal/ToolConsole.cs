namespace Decant.Tool;

/// <summary>Where the tool reads and writes, and what may be written there. Tests give it strings.</summary>
internal sealed class ToolConsole(TextReader input, TextWriter output, TextWriter error) : IDisposable
{
    public TextReader Input => input;

    public TextWriter Output => output;

    public TextWriter Error => error;

    /// <summary>Whether somebody types the input, so that a prompt helps.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Whether somebody watches the output, so that notes beside the answer help.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether the output may be coloured.</summary>
    public bool Colours { get; init; }

    /// <summary>Whether the error output may show progress.</summary>
    public bool ShowsProgress { get; init; }

    public Interruption Interruption { get; } = new();

    /// <summary>The process's own, with colours on terminals unless NO_COLOR is set or the terminal is dumb.</summary>
    public static ToolConsole OfProcess() => new(Console.In, Console.Out, Console.Error)
    {
        IsInteractive = !Console.IsInputRedirected,
        IsTerminal = !Console.IsOutputRedirected,
        Colours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb",
        ShowsProgress = !Console.IsErrorRedirected,
    };

    public void Dispose() => Interruption.Dispose();

    public void WriteError(string message) => error.WriteLine(message);

    public string Dim(string text) => Paint("2", text);

    public string Bold(string text) => Paint("1", text);

    public string Green(string text) => Paint("32", text);

    public string Yellow(string text) => Paint("33", text);

    public string Red(string text) => Paint("31", text);

    public string Cyan(string text) => Paint("36", text);

    public string Magenta(string text) => Paint("35", text);

    private string Paint(string code, string text) => Colours ? $"\e[{code}m{text}\e[0m" : text;
}
