using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>The sequences of a call's branches that run on other models; returned to those models' caches at its end.</summary>
internal sealed class BranchRents
{
    private readonly List<(LoadedModel Model, ISequence Sequence, int[] Prompt)> _rents = [];

    /// <summary>Prepares a plan's branches.</summary>
    public List<BranchSource> Open(DecodingPlan plan, PromptBuilder prompts, LoadedModel target, NamedModels models)
        => [.. plan.Branches.Select(branch => branch.Model is { } name ? Rent(prompts, models.Get(name), branch.Prompt) : new BranchSource(prompts.Encode(target, branch.Prompt)))];

    /// <summary>Gives the sequences back.</summary>
    /// <param name="generated">What the branches were fed after their prompts.</param>
    public void Return(ReadOnlySpan<int> generated)
    {
        foreach (var (model, sequence, prompt) in _rents) model.Prefixes.Return(sequence, [.. prompt, .. generated], prompt.Length);
    }

    private BranchSource Rent(PromptBuilder prompts, LoadedModel model, BranchPrompt branch)
    {
        var prompt = prompts.Encode(model, branch);
        var sequence = model.Prefixes.Rent(prompt);
        _rents.Add((model, sequence, prompt));
        return new BranchSource(prompt, sequence);
    }
}
