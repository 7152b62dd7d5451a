using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Prompting;
using Decant.Decoding;
using Decant.Samples.Agents;

const string Usage = """
    Two agents, one on Semantic Kernel and one on Agent Framework, find something out in four steps, each decoded in its own way.

      dotnet run -c Release --project samples/Agents

      --model FOLDER        Hugging Face model folder (default: the embedded decant-tiny)
      --help                this text
    """;

if (args is ["--help" or "-h"])
{
    Console.WriteLine(Usage);
    return 0;
}

if (args is not ([] or ["--model", _])) return Fail($"Unknown arguments: {string.Join(' ', args)}.{Environment.NewLine}{Environment.NewLine}{Usage}");
try
{
    using var client = LocalChatClient.Load(args is [_, var folder] ? folder : EmbeddedModels.Tiny);
    Strategies.Register(client);
    var succeeded = true;
    foreach (var agent in (IStepAgent[])[new KernelAgent(client), new FrameworkAgent(client)])
    {
        Console.WriteLine($"{agent.Framework}: {Job.Default.Question}");
        await foreach (var result in Workflow.RunAsync(agent, Job.Default))
        {
            Console.WriteLine(Report.Text(result));
            succeeded &= result.Succeeded;
        }

        Console.WriteLine();
    }

    return succeeded ? 0 : 1;
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
