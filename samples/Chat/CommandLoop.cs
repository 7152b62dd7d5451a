namespace Decant.Samples.Chat;

/// <summary>Reads lines: commands begin with a slash, all else is for the model.</summary>
internal sealed class CommandLoop(ChatSession chat)
{
    private const string Help = """
          /reset                  forget the conversation
          /options                show the options
          /options NAME VALUE     set one; "default" leaves it to the model
          /help                   this text
          /exit                   leave (or Ctrl+D; Ctrl+C stops an answer)
        """;

    public async Task RunAsync()
    {
        Console.WriteLine(Terminal.Dim("/help lists the commands."));
        while (ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            if (line == "/exit") return;
            if (line[0] == '/') RunCommand(line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries));
            else await chat.AnswerAsync(line);
        }
    }

    private static string? ReadLine()
    {
        Console.Write(Terminal.Prompt("> "));
        return Console.ReadLine()?.Trim();
    }

    private void RunCommand(string[] words)
    {
        switch (words)
        {
            case ["/reset"]:
                chat.Reset();
                break;
            case ["/options"]:
                foreach (var line in Settings.Show(chat.Options)) Console.WriteLine(line);
                break;
            case ["/options", var name, var value]:
                SetOption(name, value);
                break;
            case ["/help"]:
                Console.WriteLine(Help);
                break;
            default:
                Console.WriteLine($"Unknown command {string.Join(' ', words)}. /help lists the commands.");
                break;
        }
    }

    private void SetOption(string name, string value)
    {
        try
        {
            Settings.Set(chat.Options, name, value);
        }
        catch (FormatException exception)
        {
            Console.WriteLine(Terminal.Error(exception.Message));
        }
    }
}
