using Decant.Decoding;
using Microsoft.Extensions.AI;
using static Decant.Connectors.Chat.TemplateMessage;

namespace Decant.Connectors.Chat;

/// <summary>Makes the prompts of a call's branches from its messages and documents.</summary>
internal sealed class PromptBuilder(ChatRequest request)
{
    /// <summary>What the last user message says.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public string Question
    {
        get
        {
            var messages = Messages(BranchPrompt.Same);
            return Content(messages[LastUser(messages)]);
        }
    }

    /// <summary>The last user message as each client that branches name (<see cref="BranchPrompt.RewrittenUserMessage"/>) has rewritten it.</summary>
    public IReadOnlyDictionary<string, string> Rewritten { get; set; } = new Dictionary<string, string>();

    /// <summary>The prompt's tokens, and the text that a model's template wrote for them; null where the call gave the tokens itself.</summary>
    /// <exception cref="ArgumentException">The call lacks what the branch leaves out or replaces, or the prompt is longer than it may be.</exception>
    public (int[] Tokens, string? Text) Read(LoadedModel model, BranchPrompt branch)
    {
        if (request.PromptTokens is { } own)
            return ReferenceEquals(branch, BranchPrompt.Same) ? (Bounded(model.Check(Known(model, own, nameof(LocalGenerationOptions.PromptTokens)))), null)
                : throw new ArgumentException("A branch of the decoding options changes the messages or documents, but LocalGenerationOptions.PromptTokens is the whole prompt. Leave out one of them.");
        var text = Render(model, branch);
        return (Bounded(model.Encode(text)), text);
    }

    /// <summary>The prompt's text as a model's template writes it.</summary>
    /// <exception cref="ArgumentException">The call lacks what the branch leaves out or replaces.</exception>
    public string Render(LoadedModel model, BranchPrompt branch) => RenderWith(model, branch, Documents(branch));

    /// <summary>Which tokens of a prompt are documents: those that are not there without any. Null where the call has none.</summary>
    public TokenRange? ContextTokens(LoadedModel model, BranchPrompt branch)
    {
        var documents = Documents(branch);
        if (documents.Count == 0) return null;
        var prompt = model.Encode(RenderWith(model, branch, documents));
        var without = model.Encode(RenderWith(model, branch, []));
        var start = prompt.AsSpan().CommonPrefixLength(without);
        var after = 0;
        while (after < without.Length - start && without[^(after + 1)] == prompt[^(after + 1)]) after++;
        return new TokenRange(start, prompt.Length - after);
    }

    private string RenderWith(LoadedModel model, BranchPrompt branch, IReadOnlyList<ChatDocument> documents)
    {
        var messages = Messages(branch);
        var readsDocuments = model.Template.ReadsDocuments;
        if (!readsDocuments && documents.Count > 0) messages = WithPassages(messages, documents);
        var variables = request.TemplateVariables.ToDictionary();
        variables["messages"] = messages;
        var alignment = branch is BranchPrompt.SystemMessage ? null : (request.Plan.Options.Search as DealOptions)?.AlignmentPrompt;
        PromptAdditions.Add(variables, model.Template, request.Tools, request.FormatExplanation, alignment);
        if (readsDocuments && documents.Count > 0) variables["documents"] = documents.Select(Variables).ToList<object?>();
        return model.Template.Render(model.Guard.Mark(variables));
    }

    /// <summary>The prompt's tokens, and behind them what the answer begins with.</summary>
    /// <inheritdoc cref="Read"/>
    public int[] Encode(LoadedModel model, BranchPrompt branch) => WithAnswer(model, EncodePrompt(model, branch));

    /// <summary>A prompt's tokens, and behind them what the answer begins with.</summary>
    /// <exception cref="ArgumentException">It begins with a token that the model does not know.</exception>
    public int[] WithAnswer(LoadedModel model, int[] prompt) => [.. prompt, .. Known(model, request.AnswerPrefix, nameof(LocalGenerationOptions.AnswerPrefix))];

    private static int[] Known(LoadedModel model, IReadOnlyList<int> tokens, string member)
    {
        var count = model.Model.Info.VocabularySize;
        return tokens.All(token => (uint)token < (uint)count)
            ? [.. tokens]
            : throw new ArgumentException($"LocalGenerationOptions.{member} holds a token that is not one of the model's 0 … {count - 1}.");
    }

    private int[] Bounded(int[] prompt) => prompt.Length <= request.MaxInputTokens
        ? prompt
        : throw new ArgumentException($"The prompt has {prompt.Length} tokens; at most {request.MaxInputTokens} are allowed (MaxInputTokens). Shorten it.");

    private int[] EncodePrompt(LoadedModel model, BranchPrompt branch)
    {
        switch (branch)
        {
            case BranchPrompt.LastTokenPrompt:
                return EncodePrompt(model, BranchPrompt.Same)[^1..];
            case BranchPrompt.WithoutPromptPrompt:
                return [model.Tokenizer.BeginOfTextId ?? model.Tokenizer.EndOfTurn.Cast<int?>().FirstOrDefault()
                    ?? throw new ArgumentException($"The model {model.Model.Info.Name} has no token that begins a text, so nothing can follow an empty prompt. Use another negative prompt.")];
            default:
                return Read(model, branch).Tokens;
        }
    }

    private IReadOnlyList<ChatDocument> Documents(BranchPrompt branch) => branch switch
    {
        BranchPrompt.WithoutContext => [],
        BranchPrompt.OneDocument(var index) => [request.Documents[Existing(index)]],
        BranchPrompt.AllButDocument(var index) => AllBut(Existing(index)),
        _ => request.Documents,
    };

    private int Existing(int index) => (uint)index < (uint)request.Documents.Count
        ? index
        : throw new ArgumentException($"The decoding options ask for document {index} (counted from 0), but the call has {request.Documents.Count}. Give documents with ChatOptions.WithDocuments.");

    private List<ChatDocument> AllBut(int index) => [.. request.Documents.Where((_, other) => other != index)];

    private List<object?> Messages(BranchPrompt branch)
    {
        var messages = (List<object?>)request.TemplateVariables["messages"]!;
        switch (branch)
        {
            case BranchPrompt.WithoutContext(var passages):
                return Cut(messages, passages);
            case BranchPrompt.SystemMessage(var text):
                var rest = messages.Where(message => Role(message) != ChatRole.System.Value).ToList();
                if (text is not null) rest.Insert(0, Of(ChatRole.System.Value, text));
                return rest;
            case BranchPrompt.UserMessage(var text):
                return ReplaceLastUser(messages, _ => text);
            case BranchPrompt.RewrittenUserMessage(var rewriter):
                return ReplaceLastUser(messages, _ => Rewritten[rewriter]);
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

        return [.. messages.Select(message => passages.Any(Content(message).Contains) ? With(message, Cut(Content(message), passages)) : message)];
    }

    private static string Cut(string text, ValueList<string> passages) => passages.Aggregate(text, (rest, passage) => rest.Replace(passage, "", StringComparison.Ordinal)).TrimStart();

    private static List<object?> WithPassages(List<object?> messages, IReadOnlyList<ChatDocument> documents)
        => ReplaceLastUser(messages, content => string.Concat(documents.Select(document => $"Passage: {document.Text}\n\n")) + content);

    private static List<object?> ReplaceLastUser(List<object?> messages, Func<string, string> change)
    {
        var last = LastUser(messages);
        return [.. messages.Select((message, index) => index == last ? With(message, change(Content(message))) : message)];
    }

    private static int LastUser(List<object?> messages) => messages.FindLastIndex(message => Role(message) == ChatRole.User.Value) is >= 0 and var last
        ? last
        : throw new ArgumentException("The messages hold no user message that documents or another question could be put into. Add one.");

    private static Dictionary<string, object?> Variables(ChatDocument document) => new() { ["text"] = document.Text, ["content"] = document.Text, ["title"] = document.Title };
}
