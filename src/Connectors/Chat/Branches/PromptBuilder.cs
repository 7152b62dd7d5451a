using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Makes the prompts of a call's branches from its messages and documents.</summary>
internal sealed class PromptBuilder(ChatRequest request)
{
    /// <summary>The prompt's text as a model's template writes it.</summary>
    /// <exception cref="ArgumentException">The call lacks what the branch leaves out or replaces.</exception>
    public string Render(LoadedModel model, BranchPrompt branch)
    {
        var documents = Documents(branch);
        var messages = Messages(branch);
        var knowsDocuments = model.Template.Source.Contains(ChatOptionsExtensions.DocumentsKey, StringComparison.Ordinal);
        if (!knowsDocuments && documents.Count > 0) messages = WithPassages(messages, documents);
        var variables = request.TemplateVariables.ToDictionary();
        variables["messages"] = messages;
        if (knowsDocuments && documents.Count > 0) variables["documents"] = documents.Select(Variables).ToList<object?>();
        return model.Template.Render(model.Guard.Mark(variables));
    }

    /// <summary>The prompt's tokens.</summary>
    /// <inheritdoc cref="Render"/>
    public int[] Encode(LoadedModel model, BranchPrompt branch)
    {
        switch (branch)
        {
            case BranchPrompt.LastTokenPrompt:
                return Encode(model, BranchPrompt.Same)[^1..];
            case BranchPrompt.WithoutPromptPrompt:
                return [model.Tokenizer.BeginOfTextId ?? model.Tokenizer.EndOfTurn.Cast<int?>().FirstOrDefault()
                    ?? throw new ArgumentException($"The model {model.Model.Info.Name} has no token that begins a text, so nothing can follow an empty prompt. Use another negative prompt.")];
            default:
                return model.Encode(Render(model, branch));
        }
    }

    private IReadOnlyList<ChatDocument> Documents(BranchPrompt branch) => branch switch
    {
        BranchPrompt.WithoutContext => [],
        BranchPrompt.OneDocument one => [request.Documents[one.Index]],
        BranchPrompt.AllButDocument but => [.. request.Documents.Where((_, index) => index != but.Index)],
        _ => request.Documents,
    };

    private List<object?> Messages(BranchPrompt branch)
    {
        var messages = (List<object?>)request.TemplateVariables["messages"]!;
        switch (branch)
        {
            case BranchPrompt.WithoutContext(var passages):
                return Cut(messages, passages);
            case BranchPrompt.SystemMessage(var text):
                var rest = messages.Where(message => Role(message) != ChatRole.System.Value).ToList();
                if (text is not null) rest.Insert(0, Message(ChatRole.System.Value, text));
                return rest;
            case BranchPrompt.UserMessage(var text):
                return ReplaceLastUser(messages, _ => text);
            default:
                return messages;
        }
    }

    private List<object?> Cut(List<object?> messages, ValueList<string> passages)
    {
        if (passages.Count == 0 && request.Documents.Count == 0)
            throw new ArgumentException("A contrast with the context needs to know the context: give the passages with ChatOptions.WithDocuments, or name the part of the messages in the strategy's \"context\".");
        foreach (var passage in passages)
        {
            if (!messages.Exists(message => Content(message).Contains(passage, StringComparison.Ordinal)))
                throw new ArgumentException($"The context \"{passage}\" does not occur in the messages, so there is nothing to leave out. Give it exactly as it is written there.");
        }

        return [.. messages.Select(message => With(message, passages.Aggregate(Content(message), (text, passage) => text.Replace(passage, "", StringComparison.Ordinal)).TrimStart()))];
    }

    private static List<object?> WithPassages(List<object?> messages, IReadOnlyList<ChatDocument> documents)
        => ReplaceLastUser(messages, content => string.Concat(documents.Select(document => $"Passage: {document.Text}\n\n")) + content);

    private static List<object?> ReplaceLastUser(List<object?> messages, Func<string, string> change)
    {
        var last = messages.FindLastIndex(message => Role(message) == ChatRole.User.Value);
        if (last < 0) throw new ArgumentException("The messages hold no user message that documents or another question could be put into. Add one.");
        return [.. messages.Select((message, index) => index == last ? With(message, change(Content(message))) : message)];
    }

    private static Dictionary<string, object?> Variables(ChatDocument document) => new() { ["text"] = document.Text, ["content"] = document.Text, ["title"] = document.Title };

    private static string? Role(object? message) => ((Dictionary<string, object?>)message!)["role"] as string;

    private static string Content(object? message) => ((Dictionary<string, object?>)message!)["content"] as string ?? "";

    private static Dictionary<string, object?> Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static Dictionary<string, object?> With(object? message, string content) => new((Dictionary<string, object?>)message!) { ["content"] = content };
}
