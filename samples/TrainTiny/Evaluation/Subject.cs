using Decant.Connectors.Chat;
using Decant.Samples.TrainTiny.Corpus;
using Microsoft.Extensions.AI;

namespace Decant.Samples.TrainTiny.Evaluation;

/// <summary>The model under evaluation, asked through the product's chat client on the CPU engine.</summary>
internal sealed class Subject(string folder) : IDisposable
{
    private const int Callers = 8;
    private const int LongestAnswer = 260;
    private readonly LocalChatClient _client = LocalChatClient.Load(folder, new LocalChatClientOptions { Engine = ChatEngine.Cpu });

    /// <summary>The folder's name.</summary>
    public string Name { get; } = Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar));

    /// <summary>The client.</summary>
    public IChatClient Client => _client;

    /// <summary>The answers to the examples' last questions, in order; several run at once.</summary>
    /// <param name="examples">What to ask.</param>
    /// <param name="temperature">0 for greedy; else case i is drawn with seed i.</param>
    public async Task<Answer[]> AskAsync(IReadOnlyList<Example> examples, float temperature = 0)
    {
        var answers = new Answer[examples.Count];
        var callers = new ParallelOptions { MaxDegreeOfParallelism = Callers };
        await Parallel.ForAsync(0, examples.Count, callers, async (i, cancel) =>
            answers[i] = await AskAsync(examples[i], new ChatOptions { Temperature = temperature, Seed = i, MaxOutputTokens = LongestAnswer }, cancel));
        return answers;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<Answer> AskAsync(Example example, ChatOptions options, CancellationToken cancellationToken)
    {
        if (example.Thinking == false) options.Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None };
        var response = await _client.GetResponseAsync(Messages(example), options, cancellationToken);
        var reasoning = string.Concat(response.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(content => content.Text));
        return new Answer(response.Text, reasoning, (int)(response.Usage?.OutputTokenCount ?? 0));
    }

    private static IEnumerable<ChatMessage> Messages(Example example)
    {
        // The client does not take tools; the same text in a system turn gives the same prompt.
        var turns = example.Turns.SkipLast(1);
        if (example.Tools.Count > 0)
            turns = turns.Where(turn => turn.Role != "system").Prepend(Turn.System(ExampleText.Default.SystemTextOfTools(example)));
        return turns.Select(turn => new ChatMessage(new ChatRole(turn.Role), turn.Content));
    }
}
