using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Samples.Chat;

Arguments arguments;
try
{
    arguments = Arguments.Parse(args);
}
catch (ArgumentException exception)
{
    return Fail(exception.Message + Environment.NewLine + Environment.NewLine + Arguments.Usage);
}

if (arguments.Help)
{
    Console.WriteLine(Arguments.Usage);
    return 0;
}

LocalChatClient client;
try
{
    using var progress = new ProgressBar($"Loading {arguments.ModelFolder}");
    client = LocalChatClient.Load(arguments.ModelFolder, arguments.ToClientOptions(), progress);
}
catch (Exception exception) when (exception is IOException or InvalidDataException or NotSupportedException or ArgumentException
    or UnauthorizedAccessException or ChatTemplateException or DllNotFoundException or InsufficientMemoryException)
{
    return Fail(exception.Message);
}

using (client)
{
    var chat = new ChatSession(client, arguments.ToChatOptions(), arguments.TraceFile);
    if (arguments.Prompt is { } prompt) return await chat.AnswerAsync(prompt) ? 0 : 1;
    await new CommandLoop(chat).RunAsync();
    return 0;
}

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
