using System.CommandLine;
using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Tool;

/// <summary><c>decant chat</c>: a conversation in the terminal, or one answer.</summary>
internal sealed class ChatCommand : ToolCommand
{
    private readonly ModelOptions _model = new();
    private readonly Option<string> _prompt = new("--prompt", "-p") { Description = "Answer this and exit; - reads it from the standard input", HelpName = "TEXT" };
    private readonly Option<string> _system = new("--system") { Description = "Instructions that precede the conversation", HelpName = "TEXT" };
    private readonly Option<float?> _temperature = new("--temperature") { Description = "0 always takes the likeliest token. Default: the model's", HelpName = "X" };
    private readonly Option<int?> _maxTokens = new("--max-tokens") { Description = "Longest answer. Default: up to the context's end", HelpName = "N" };
    private readonly Option<long?> _seed = new("--seed") { Description = "Makes answers reproducible", HelpName = "N" };
    private readonly Option<string[]> _documents = new("--document") { Description = "A passage to answer from. May be repeated", HelpName = "TEXT" };
    private readonly Option<string> _trace = new("--trace") { Description = "Write what every stage made of every token: a page (.html), or data for decant trace (.json)", HelpName = "FILE" };
    private readonly Option<DecodingOptions> _decoding = new("--decoding")
    {
        Description = "How to decode: a strategy's kind, or decoding options as JSON",
        HelpName = "KIND|JSON",
        CustomParser = result =>
        {
            try
            {
                return DecodingOptions.Read(result.Tokens[0].Value);
            }
            catch (ArgumentException exception)
            {
                result.AddError($"--decoding: {exception.Message}");
                return null;
            }
        },
    };

    public ChatCommand(ToolConsole console)
        : base("chat", "Chat with a model, or have it answer one question.")
    {
        _model.AddTo(this);
        foreach (var option in (Option[])[_prompt, _system, _temperature, _maxTokens, _seed, _decoding, _documents, _trace]) Add(option);
        _temperature.Require(value => value is null or >= 0, "a number of 0 or more");
        _maxTokens.Require(value => value is null or >= 1, "1 or more");
        _seed.Require(_ => true, "a whole number");
        _trace.Require(path => Path.GetExtension(path) is ".html" or ".json", "a file that ends in .html or .json");
        SetAction((parsed, cancellationToken) => RunAsync(parsed, console, cancellationToken));
    }

    public override string Examples => """
        decant chat
        decant chat --prompt "What is 58 + 67?"
        decant chat --model FOLDER --weights int8 --system "You are brief."
        decant chat --prompt "Tell me the product of Dalutex." --document "The product of Dalutex is glass." --decoding adaptive-context-aware
        decant chat --decoding '{"speculation": {"kind": "draft-model", "model": "decant-tiny-draft"}}' --trace trace.html
        cat question.txt | decant chat --prompt -
        """;

    private async Task<int> RunAsync(ParseResult parsed, ToolConsole console, CancellationToken cancellationToken)
    {
        using var client = await _model.LoadAsync(parsed, console, null, cancellationToken);
        var chat = new ChatSession(client, ReadOptions(parsed), console, parsed.GetValue(_trace));
        var answered = parsed.GetValue(_prompt) is { } prompt
            ? await chat.AnswerAsync(prompt == "-" ? await console.Input.ReadToEndAsync(cancellationToken) : prompt)
            : await new CommandLoop(chat, console).RunAsync();
        return answered ? DecantTool.Success : DecantTool.Failure;
    }

    private ChatOptions ReadOptions(ParseResult parsed)
    {
        var decoding = parsed.GetValue(_decoding) ?? new DecodingOptions();
        var options = new ChatOptions
        {
            Instructions = parsed.GetValue(_system),
            Temperature = parsed.GetValue(_temperature),
            MaxOutputTokens = parsed.GetValue(_maxTokens),
            Seed = parsed.GetValue(_seed),
        }.WithDecoding(parsed.GetValue(_trace) is null ? decoding : decoding with { Trace = true });
        ChatDocument[] documents = [.. (parsed.GetValue(_documents) ?? []).Select(text => new ChatDocument(text))];
        return documents.Length == 0 ? options : options.WithDocuments(documents);
    }
}
