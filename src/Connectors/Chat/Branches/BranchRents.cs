using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>The sequences of a call's branches, drafts and routes that run on other models; returned to those models' caches at its end.</summary>
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

    /// <summary>Prepares models that read the target's prompt: those that draft or that a route chooses from.</summary>
    public async ValueTask<IReadOnlyList<BranchSource>> OpenAsync(IReadOnlyList<string> names, int[] prompt, NamedModels models, CancellationToken cancellationToken)
    {
        var sources = new List<BranchSource>();
        foreach (var name in names) sources.Add(Rent(await models.GetAsync(name, cancellationToken).ConfigureAwait(false), prompt));
        return sources;
    }

    /// <summary>Gives the sequences back.</summary>
    /// <param name="generated">What they were fed after their prompts, or a beginning of it.</param>
    public void Return(ReadOnlySpan<int> generated)
    {
        foreach (var (model, sequence, prompt) in _rents)
        {
            // A draft may have read what the call's end has cut off.
            sequence.Truncate(Math.Min(sequence.Length, prompt.Length + generated.Length));
            model.Prefixes.Return(sequence, [.. prompt, .. generated]);
        }
    }

    private BranchSource Rent(PromptBuilder prompts, LoadedModel model, BranchPrompt branch) => Rent(model, prompts.Encode(model, branch));

    private BranchSource Rent(LoadedModel model, int[] prompt)
    {
        var sequence = model.Prefixes.Rent(prompt);
        _rents.Add((model, sequence, prompt));
        return new BranchSource(prompt, sequence);
    }
}
