using Decant.Connectors.Prompting;

namespace Decant.Samples.TrainTiny.Corpus;

/// <summary>A piece of training text.</summary>
/// <param name="Text">The text, control tokens as they are written.</param>
/// <param name="IsAnswer">Whether the model is to learn it (an assistant's turn with its end mark) or only reads it.</param>
internal readonly record struct TextPiece(string Text, bool IsAnswer);

/// <summary>Renders examples with the product's own chat template, so that training sees what inference will send, byte for byte.</summary>
internal sealed class ExampleText(ChatTemplate template)
{
    private const string TurnEnd = "<|im_end|>\n";

    /// <summary>The template of the embedded models.</summary>
    public static ExampleText Default { get; } = new(ChatTemplate.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "chat_template.jinja"))));

    /// <summary>The whole conversation in pieces.</summary>
    public List<TextPiece> Pieces(Example example)
    {
        var pieces = new List<TextPiece>();
        var done = 0;
        for (var i = 0; i < example.Turns.Count; i++)
        {
            if (example.Turns[i].Role != "assistant") continue;
            var prompt = Render(example, i, generate: true);
            var full = Render(example, i + 1, generate: false);
            if (!full.StartsWith(prompt, StringComparison.Ordinal) || !full.EndsWith(TurnEnd, StringComparison.Ordinal))
                throw new InvalidOperationException("chat_template.jinja renders a question differently once it is answered, so no answer can be learnt. Undo the last change to the template.");
            pieces.Add(new TextPiece(prompt[done..], false));
            // The newline behind the end mark is the template's: generation stops before it.
            pieces.Add(new TextPiece(full[prompt.Length..^1], true));
            done = full.Length - 1;
        }

        return pieces;
    }

    /// <summary>The prompt for the example's last answer.</summary>
    public string Prompt(Example example) => Render(example, example.Turns.Count - 1, generate: true);

    /// <summary>The system text that says the same as tools do, for clients that cannot pass tools.</summary>
    public string SystemTextOfTools(Example example)
    {
        var rendered = Render(example with { Turns = [.. example.Turns.Where(turn => turn.Role == "system")] }, int.MaxValue, generate: false);
        return rendered["<|im_start|>system\n".Length..^TurnEnd.Length];
    }

    private string Render(Example example, int turns, bool generate)
    {
        var variables = new Dictionary<string, object?>
        {
            ["messages"] = example.Turns.Take(turns).Select(Message).ToList<object?>(),
            ["add_generation_prompt"] = generate,
        };
        if (example.Tools.Count > 0) variables["tools"] = example.Tools.Select(tool => tool.ToTemplateValue()).ToList<object?>();
        if (example.Thinking is { } thinking) variables["enable_thinking"] = thinking;
        return template.Render(variables);
    }

    private static Dictionary<string, object?> Message(Turn turn)
    {
        var message = new Dictionary<string, object?> { ["role"] = turn.Role, ["content"] = turn.Content };
        if (turn.Reasoning is not null) message["reasoning_content"] = turn.Reasoning;
        if (turn.Call is { } call)
        {
            message["tool_calls"] = new List<object?>
            {
                new Dictionary<string, object?>
                {
                    ["type"] = "function",
                    ["function"] = new Dictionary<string, object?> { ["name"] = call.Name, ["arguments"] = call.Arguments.ToDictionary() },
                },
            };
        }

        return message;
    }
}
