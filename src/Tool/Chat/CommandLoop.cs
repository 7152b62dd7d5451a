namespace Decant.Tool;

/// <summary>Reads lines: commands begin with a slash, all else is for the model.</summary>
internal sealed class CommandLoop(ChatSession chat, ToolConsole console)
{
    private const string Help = """
          /reset                  forget the conversation
          /options                show the options
          /options NAME VALUE     set one; "default" leaves it to the model
          /help                   this text
          /exit                   leave (or Ctrl+D; Ctrl+C stops an answer)
        """;

    /// <summary>Runs until the input ends.</summary>
    /// <returns>Whether every question was answered.</returns>
    public async Task<bool> RunAsync()
    {
        var answered = true;
        if (console.IsInteractive) console.Output.WriteLine(console.Dim("/help lists the commands."));
        while (ReadLine() is { } line && line != "/exit")
        {
            if (line.Length == 0) continue;
            if (line[0] == '/') RunCommand(line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries));
            else answered &= await chat.AnswerAsync(line);
        }

        return answered;
    }

    private string? ReadLine()
    {
        if (console.IsInteractive) console.Output.Write(console.Cyan("> "));
        console.Interruption.IsWaiting = true;
        var line = console.Input.ReadLine();
        console.Interruption.IsWaiting = false;
        return line?.Trim();
    }

    private void RunCommand(string[] words)
    {
        switch (words)
        {
            case ["/reset"]:
                chat.Reset();
                break;
            case ["/options"]:
                foreach (var line in ChatSettings.Show(chat.Options)) console.Output.WriteLine(line);
                break;
            case ["/options", var name, var value]:
                SetOption(name, value);
                break;
            case ["/help"]:
                console.Output.WriteLine(Help);
                break;
            default:
                console.WriteError($"Unknown command {string.Join(' ', words)}. /help lists the commands.");
                break;
        }
    }

    private void SetOption(string name, string value)
    {
        try
        {
            ChatSettings.Set(chat.Options, name, value);
        }
        catch (FormatException exception)
        {
            console.WriteError(exception.Message);
        }
    }
}
