using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>The sequences of a call's branches that run on other models; returned to those models' caches at its end.</summary>
internal sealed class BranchRents
{
    private readonly List<(LoadedModel Model, ISequence Sequence, int[] Prompt)> _rents = [];

    /// <summary>Prepares a plan's branches.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="prompts">Makes their prompts.</param>
    /// <param name="target">The target's model, which runs branches that name no other.</param>
    /// <param name="models">The models they name.</param>
    /// <param name="cancellationToken">Ends the waiting for a model that is being loaded.</param>
    public async ValueTask<IReadOnlyList<BranchSource>> OpenAsync(DecodingPlan plan, PromptBuilder prompts, LoadedModel target, NamedModels models, CancellationToken cancellationToken)
    {
        var sources = new List<BranchSource>();
        foreach (var branch in plan.Branches)
        {
            sources.Add(branch.Model is { } name
                ? Rent(prompts, await models.GetAsync(name, cancellationToken).ConfigureAwait(false), branch.Prompt)
                : new BranchSource(prompts.Encode(target, branch.Prompt)));
        }

        return sources;
    }

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
