using Decant.Connectors.Models;

namespace Decant.Tool;

/// <summary>What a model folder is, what it needs and what is wrong with it. Members that could not be found out are null.</summary>
internal sealed record ModelInspection
{
    public required string Folder { get; init; }

    /// <summary>Whether it can be loaded.</summary>
    public bool Loads => Problems.All(problem => !problem.IsFatal);

    public IReadOnlyList<ModelProblem> Problems { get; init; } = [];

    public IReadOnlyList<ModelFile> Files { get; init; } = [];

    public ModelShape? Shape { get; init; }

    /// <summary>Element type of the embedding table in the files.</summary>
    public ElementType? ElementType { get; init; }

    public TokenizerInfo? Tokenizer { get; init; }

    public TemplateInfo? ChatTemplate { get; init; }

    public MemoryNeeds? Memory { get; init; }
}

/// <summary>Something that is wrong or missing.</summary>
/// <param name="IsFatal">Whether the model cannot be loaded for it.</param>
/// <param name="Message">What it is and what to do.</param>
internal sealed record ModelProblem(bool IsFatal, string Message);

/// <summary>A file of the folder.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record ModelFile(string Name, long Bytes);

/// <summary>What config.json says.</summary>
internal sealed record ModelShape(string Family, long Parameters, int Layers, int Hidden, int Heads, int KeyValueHeads, int Vocabulary, int Context, bool TiedEmbeddings, int? SlidingWindow);

/// <summary>How text becomes tokens.</summary>
/// <param name="Kind">The file and what is in it.</param>
/// <param name="Tokens">How many tokens it has.</param>
/// <param name="EndOfTurn">What ends an answer.</param>
internal sealed record TokenizerInfo(string Kind, int Tokens, IReadOnlyList<string> EndOfTurn);

/// <summary>What the chat template knows.</summary>
/// <param name="System">Whether it writes system messages.</param>
/// <param name="Tools">Whether it teaches calls of tools; if not, the prompt explains them.</param>
/// <param name="Thinking">The mark that begins reasoning, or null.</param>
/// <param name="Documents">Whether it writes documents; if not, they go into the question.</param>
internal sealed record TemplateInfo(bool System, bool Tools, string? Thinking, bool Documents);

/// <summary>What loading takes.</summary>
/// <param name="MachineBytes">The machine's memory, or what of it this process may have.</param>
/// <param name="AvailableBytes">What of it is free at the moment; null where the system does not tell.</param>
/// <param name="KvBytesPerToken">Keys and values of one token of context.</param>
/// <param name="Formats">By format of the weights, the largest first.</param>
internal sealed record MemoryNeeds(long MachineBytes, long? AvailableBytes, long KvBytesPerToken, IReadOnlyList<FormatNeeds> Formats);

/// <summary>What one format of the weights takes.</summary>
/// <param name="Format">As <c>--weights</c> names it.</param>
/// <param name="WeightBytes">The weights.</param>
/// <param name="ContextTokens">How many tokens of context fit beside them in the machine's memory, at most the model's; 0: not even the weights.</param>
internal sealed record FormatNeeds(string Format, long WeightBytes, int ContextTokens);
