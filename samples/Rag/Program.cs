using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Decoding;
using Decant.Samples.Rag;

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

try
{
    var index = new Bm25(PassageFolder.Load(arguments.Folder));
    using var client = LocalChatClient.Load(arguments.Model);
    var answer = await new Answerer(client, index, arguments).AskAsync(arguments.Question);
    Console.WriteLine(arguments.Json ? Report.Json(answer) : Report.Text(answer));
    return answer.IsAbstention ? 1 : 0;
}
catch (Exception exception) when (exception is IOException or InvalidDataException or NotSupportedException or ArgumentException
    or UnauthorizedAccessException or ChatTemplateException or ContextOverflowException or DllNotFoundException or InsufficientMemoryException)
{
    return Fail(exception.Message);
}

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
